import type { ReactNode } from "react";
import { useSite } from "../../config/SiteContext.ts";
import type { DeclaredEmergency } from "../../data/emergency.ts";
import { useNow } from "../../data/now.ts";
import { t } from "../../i18n/t.ts";
import { Card } from "../../ui/Card.tsx";
import { LoadingRows } from "../../ui/states.tsx";

/** Whether the neighbourhood is an island now, as declared on the chain; undefined is not known yet. */
export function StateCard({ emergency }: { emergency: DeclaredEmergency | null | undefined }) {
  if (emergency === undefined) {
    return (
      <Card title={t("emergency.state")}>
        <LoadingRows label={t("emergency.state.loading")} />
      </Card>
    );
  }
  return emergency ? <InForce emergency={emergency} /> : <Calm />;
}

function Calm() {
  return (
    <Card title={t("emergency.state")}>
      <p className="text-lg font-semibold text-lime">{t("emergency.calm")}</p>
      <p className="mt-1 max-w-xl text-sm text-pretty text-soft">{t("emergency.calm.text")}</p>
      <p className="mt-4 max-w-xl text-sm text-pretty text-muted">{t("emergency.rules")}</p>
    </Card>
  );
}

function InForce({ emergency }: { emergency: DeclaredEmergency }) {
  const { format } = useSite();
  const now = useNow();
  const { normalWhPerSlot, essentialWhPerSlot, endsAt } = emergency;
  return (
    <Card title={t("emergency.state")} className="border-2 border-amber">
      <p className="text-2xl font-bold text-amber">{t("emergency.inForce")}</p>
      {now !== undefined && (
        <p className="mt-1 text-sm text-soft">
          {t("emergency.inForce.until", {
            moment: format.moment(endsAt, now),
            duration: format.duration(endsAt - now),
          })}
        </p>
      )}
      <dl className="mt-4 divide-y divide-line text-sm">
        <Tier name={t("app.tier.critical")}>{t("app.emergency.noLimit")}</Tier>
        <Tier name={t("app.tier.essential")}>{t("emergency.aSlot", { energy: format.kwh(essentialWhPerSlot) })}</Tier>
        <Tier name={t("app.tier.normal")}>{t("emergency.aSlot", { energy: format.kwh(normalWhPerSlot) })}</Tier>
        <Tier name={t("app.tier.none")}>{t("app.emergency.nothing")}</Tier>
      </dl>
      <p className="mt-3 text-sm text-pretty text-muted">{t("emergency.rules")}</p>
    </Card>
  );
}

function Tier({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex justify-between gap-4 py-2">
      <dt className="text-soft">{t("emergency.tier", { tier: name })}</dt>
      <dd className="font-medium">{children}</dd>
    </div>
  );
}

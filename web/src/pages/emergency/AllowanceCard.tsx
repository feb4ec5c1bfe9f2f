import { slotOf } from "@gridx/contracts";
import { TIER_NAMES } from "../../app/EmergencyBanner.tsx";
import { useSite } from "../../config/SiteContext.ts";
import { type DeclaredEmergency, useAllowance } from "../../data/emergency.ts";
import { useNow } from "../../data/now.ts";
import { t } from "../../i18n/t.ts";
import { Button } from "../../ui/Button.tsx";
import { Card } from "../../ui/Card.tsx";
import { useOpenConnect } from "../../wallet/ConnectContext.tsx";
import { useAddress } from "../../wallet/session.ts";

/** What the connected wallet may buy in this slot, and what of it is used. */
export function AllowanceCard({ emergency }: { emergency: DeclaredEmergency | null }) {
  const address = useAddress();
  const openConnect = useOpenConnect();
  const allowance = useAllowance({ always: true });
  if (!address) {
    return (
      <Card title={t("emergency.mine")}>
        <p className="text-sm text-soft">{t("emergency.mine.connect")}</p>
        <Button className="mt-4" onClick={openConnect}>
          {t("app.wallet.connect")}
        </Button>
      </Card>
    );
  }
  return (
    <Card title={t("emergency.mine")}>
      {allowance === undefined ? (
        <p className="h-6 w-2/3 animate-pulse rounded bg-raised" />
      ) : (
        <>
          <p className="text-sm text-soft">{t("emergency.mine.tier", { tier: t(TIER_NAMES[allowance.tier]) })}</p>
          <Left tier={allowance.tier} leftWh={allowance.leftWh} emergency={emergency} />
          {allowance.tier === "none" && <p className="mt-3 text-sm text-amber">{t("emergency.mine.noTier")}</p>}
        </>
      )}
    </Card>
  );
}

interface LeftProps {
  tier: keyof typeof TIER_NAMES;
  leftWh: bigint | null;
  emergency: DeclaredEmergency | null;
}

function Left({ tier, leftWh, emergency }: LeftProps) {
  const { format, deployment } = useSite();
  const now = useNow();
  if (!emergency) return <p className="mt-3 text-lg font-semibold">{t("emergency.mine.calm")}</p>;
  if (leftWh === null) return <p className="mt-3 text-lg font-semibold text-lime">{t("app.emergency.noLimit")}</p>;
  const allWh =
    tier === "normal" ? emergency.normalWhPerSlot : tier === "essential" ? emergency.essentialWhPerSlot : 0n;
  // Rules that were tightened can leave more used than they allow.
  const usedWh = allWh > leftWh ? allWh - leftWh : 0n;
  const share = allWh === 0n ? 0 : Number((usedWh * 1000n) / allWh) / 10;
  const slot = now === undefined ? null : slotOf(now, deployment.slotDuration);
  return (
    <>
      <p className="mt-3 text-2xl font-bold text-amber">{t("emergency.mine.left", { energy: format.kwh(leftWh) })}</p>
      <div aria-hidden="true" className="mt-3 h-3 overflow-hidden rounded-full border border-edge/60 bg-raised">
        <div className="h-full bg-amber" style={{ width: `${share}%` }} />
      </div>
      <p className="mt-2 text-sm text-soft">
        {t("emergency.mine.usedOf", { used: format.kwh(usedWh), all: format.kwh(allWh) })}
      </p>
      {slot !== null && (
        <p className="mt-1 text-xs text-muted">{t("emergency.mine.slot", { slot: format.slotRange(slot) })}</p>
      )}
    </>
  );
}

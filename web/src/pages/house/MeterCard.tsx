import type { Home } from "@gridx/forecast/client/home";
import { TIER_NAMES } from "../../app/EmergencyBanner.tsx";
import { useSite } from "../../config/SiteContext.ts";
import { useNow } from "../../data/now.ts";
import { startOfDay } from "../../figures/days.ts";
import { type Hint, hintsOf } from "../../home/meterStatus.ts";
import { useHomeAhead, useReadings } from "../../home/reads.ts";
import { t } from "../../i18n/t.ts";
import { Address } from "../../ui/Address.tsx";
import { Card, Stat } from "../../ui/Card.tsx";
import type { Format } from "../../ui/format.ts";

/** Whether the meter reports, and what is doubtful about what it says. */
export function MeterCard({ home }: { home: Home }) {
  const { format } = useSite();
  const now = useNow();
  // The week that the readings' card shows first, too.
  const [since, until] = weekOf(now);
  const week = useReadings(home.houseId, since, until);
  const demand = useHomeAhead(home.houseId, "load");
  const solar = useHomeAhead(home.houseId, "pv");
  const degradedReasons = [demand.data?.degradedReason, solar.data?.degradedReason];
  const hints =
    now === undefined || since === undefined ? [] : hintsOf({ home, readings: week.data, since, degradedReasons, now });
  const silent = hints.some(({ kind }) => kind === "silent" || kind === "none");
  return (
    <Card title={t("house.meter")} aside={<Address address={home.meter} />}>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 lg:grid-cols-4">
        <Stat
          label={t("house.meter.state")}
          value={t(!home.active ? "house.meter.retired" : silent ? "house.meter.silent" : "house.meter.reports")}
          tone={home.active && !silent ? "text-lime" : "text-amber"}
        />
        <Stat
          label={t("house.meter.last")}
          value={
            home.to === null || now === undefined ? (
              "–"
            ) : (
              <span title={format.dateTime(home.to)}>{format.moment(home.to, now)}</span>
            )
          }
          note={home.to === null || now === undefined ? undefined : format.ago(home.to, now)}
        />
        <Stat label={t("house.meter.tier")} value={t(TIER_NAMES[home.tier])} note={t("house.meter.tierNote")} />
        <Stat
          label={t("house.meter.capacity")}
          value={`${format.number(home.capacityWatts / 1000)} kW`}
          note={t("house.meter.readings", { count: home.readings })}
        />
      </dl>
      <div role="status">
        {hints.length > 0 && (
          <ul className="mt-5 space-y-2">
            {hints.map((hint) => (
              <li
                key={JSON.stringify(hint)}
                className="rounded-control border border-amber/40 bg-amber/10 p-3 text-sm text-pretty"
              >
                {said(hint, format)}
              </li>
            ))}
          </ul>
        )}
      </div>
      {hints.length === 0 && week.data && <p className="mt-4 text-sm text-soft">{t("house.meter.fine")}</p>}
    </Card>
  );
}

/** The reader's last seven days, today among them. */
export const weekOf = (now: number | undefined): [number | undefined, number | undefined] =>
  now === undefined ? [undefined, undefined] : [startOfDay(now, -6), startOfDay(now, 1)];

function said(hint: Hint, format: Format): string {
  switch (hint.kind) {
    case "none":
      return t("house.hint.none");
    case "silent":
      return t("house.hint.silent", { duration: format.duration(hint.seconds) });
    case "gap":
      return t("house.hint.gap", { hours: hint.hours, of: hint.of });
    case "dead":
      return t("house.hint.dead", { days: hint.days });
    case "stuck":
      return t("house.hint.stuck", { hours: hint.hours });
    case "repeated":
      return t("house.hint.repeated", { hours: hint.hours });
    case "clock":
      return t("house.hint.clock", {
        energy: format.kwh(BigInt(hint.nightWh)),
        share: format.percent(hint.share),
      });
    case "profile":
      return t("house.hint.profile");
    case "other":
      return t("house.hint.other", { reason: hint.reason });
  }
}

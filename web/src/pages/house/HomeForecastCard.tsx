import { useMemo } from "react";
import { useNow } from "../../data/now.ts";
import { alignHours } from "../../figures/alignment.ts";
import { HOUR, startOfDay } from "../../figures/days.ts";
import { HoursChart } from "../../figures/HoursChart.tsx";
import type { Target } from "../../forecast/useForecast.ts";
import { gather, hourStarts } from "../../home/buckets.ts";
import { useHomeAhead, useHomeIssued, useReadings } from "../../home/reads.ts";
import { t } from "../../i18n/t.ts";
import { Card } from "../../ui/Card.tsx";

/** What the home is expected to use and to produce, beside what was metered. */
export function HomeForecastCard({ house, hasPanels }: { house: string; hasPanels: boolean }) {
  return (
    <Card title={t("house.forecast")}>
      <p className="text-sm text-pretty text-muted">{t("house.forecast.note")}</p>
      <div className="mt-4 grid gap-x-8 gap-y-6 lg:grid-cols-2">
        <TargetChart house={house} target="load" title={t("house.forecast.demand")} />
        {hasPanels && <TargetChart house={house} target="pv" title={t("house.forecast.solar")} />}
      </div>
    </Card>
  );
}

function TargetChart({ house, target, title }: { house: string; target: Target; title: string }) {
  const now = useNow();
  const hour = now === undefined ? undefined : Math.floor(now / HOUR) * HOUR;
  const [from, to] = useMemo(
    () => (hour === undefined ? [undefined, undefined] : [startOfDay(hour), startOfDay(hour, 2)]),
    [hour],
  );
  const ahead = useHomeAhead(house, target);
  const issued = useHomeIssued(house, target, from, to);
  const readings = useReadings(house, from, to);
  const hours = useMemo(() => {
    if (from === undefined || to === undefined || (!ahead.data && !readings.data)) return null;
    // An hour of which a part is missing is not what was forecast.
    const metered = gather(readings.data ?? [], hourStarts(from, to), to)
      .filter(({ knownSeconds, lengthSeconds }) => knownSeconds >= lengthSeconds)
      .map(({ start, producedWh, usedWh }) => ({ start, wh: target === "load" ? usedWh : producedWh }));
    return alignHours({ from, to, metered, issued: issued.data ?? [], ahead: ahead.data?.hours ?? [] });
  }, [from, to, ahead.data, readings.data, issued.data, target]);
  return (
    <HoursChart
      title={title}
      hours={hours}
      hour={hour}
      failed={ahead.error ?? ahead.failureReason}
      onRetry={() => void ahead.refetch()}
      degradedReason={ahead.data?.degradedReason}
    />
  );
}

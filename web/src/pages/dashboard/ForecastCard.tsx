import { useMemo } from "react";
import { useNow } from "../../data/now.ts";
import { alignHours } from "../../figures/alignment.ts";
import { HOUR, startOfDay } from "../../figures/days.ts";
import { HoursChart } from "../../figures/HoursChart.tsx";
import { type Target, useAhead, useCommunityEnergy, useIssued } from "../../forecast/useForecast.ts";
import { t } from "../../i18n/t.ts";
import { Card } from "../../ui/Card.tsx";

/** What all homes are expected to use and to produce, today and tomorrow, beside what was metered. */
export function ForecastCard() {
  return (
    <Card title={t("dashboard.forecast")}>
      <p className="text-sm text-pretty text-muted">{t("dashboard.forecast.note")}</p>
      <div className="mt-4 grid gap-x-8 gap-y-6 lg:grid-cols-2">
        <TargetChart target="load" title={t("dashboard.forecast.demand")} />
        <TargetChart target="pv" title={t("dashboard.forecast.solar")} />
      </div>
    </Card>
  );
}

function TargetChart({ target, title }: { target: Target; title: string }) {
  const now = useNow();
  const hour = now === undefined ? undefined : Math.floor(now / HOUR) * HOUR;
  const [from, to] = useMemo(
    () => (hour === undefined ? [undefined, undefined] : [startOfDay(hour), startOfDay(hour, 2)]),
    [hour],
  );
  const ahead = useAhead(target, to, hour);
  const issued = useIssued(target, from, to);
  const energy = useCommunityEnergy(from, to);
  const hours = useMemo(() => {
    if (from === undefined || to === undefined || (!ahead.data && !energy.data)) return null;
    const metered = (energy.data ?? []).map(({ start, consumptionWh, productionWh }) => ({
      start,
      wh: target === "load" ? consumptionWh : productionWh,
    }));
    return alignHours({ from, to, metered, issued: issued.data ?? [], ahead: ahead.data?.hours ?? [] });
  }, [from, to, ahead.data, energy.data, issued.data, target]);
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

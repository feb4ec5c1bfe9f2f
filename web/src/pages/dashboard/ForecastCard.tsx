import { useMemo } from "react";
import { ChartFigure, NoChart } from "../../charts/ChartFigure.tsx";
import type { PlotSpec } from "../../charts/plotSpec.ts";
import { useSite } from "../../config/SiteContext.ts";
import { HOUR, startOfDay } from "../../figures/days.ts";
import { axesOf } from "../../figures/marketPlot.ts";
import { Unavailable } from "../../figures/Unavailable.tsx";
import { type Target, useAhead, useCommunityEnergy, useIssued } from "../../forecast/useForecast.ts";
import { t } from "../../i18n/t.ts";
import { Card } from "../../ui/Card.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import type { Format } from "../../ui/format.ts";
import { type AlignedHour, alignHours, type HoursSummary, summaryOf } from "./alignment.ts";
import { useNow } from "./reads.ts";

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
  const { format } = useSite();
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
  const summary = hours && hour !== undefined ? summaryOf(hours, hour) : null;
  const known = hours?.some(({ meteredWh, expectedWh }) => meteredWh !== null || expectedWh !== null) ?? false;
  const plot = useMemo(
    () => (hours && known && hour !== undefined ? plotOf(hours, format, hour) : null),
    [hours, known, format, hour],
  );
  const failed = ahead.error ?? ahead.failureReason;
  const wh = (value: number | null) => (value === null ? t("figures.unknown") : format.kwh(BigInt(Math.round(value))));
  const columns: Column<AlignedHour>[] = [
    { label: t("figures.hour"), span: 12, cell: ({ start }) => `${format.day(start)}, ${format.time(start)}` },
    { label: t("figures.metered"), end: true, cell: ({ meteredWh }) => wh(meteredWh) },
    { label: t("figures.expected"), end: true, cell: ({ expectedWh }) => wh(expectedWh) },
    { label: t("figures.lower"), end: true, cell: ({ lowerWh }) => wh(lowerWh) },
    { label: t("figures.upper"), end: true, cell: ({ upperWh }) => wh(upperWh) },
  ];
  return (
    <div>
      <ChartFigure
        title={title}
        summary={summary ? said(summary, format) : t("figures.loading")}
        plot={plot}
        instead={
          failed && !known ? (
            <NoChart>
              <Unavailable error={failed} onRetry={() => void ahead.refetch()} />
            </NoChart>
          ) : undefined
        }
        columns={columns}
        rows={hours ?? []}
        rowKey={({ start }) => String(start)}
      />
      <div role="status" className="text-xs text-amber">
        {known && failed && <p>{t("dashboard.forecast.failed", { reason: failed.message })}</p>}
        {ahead.data?.degradedReason && <p>{t("dashboard.forecast.degraded", { reason: ahead.data.degradedReason })}</p>}
      </div>
    </div>
  );
}

function said({ meteredWh, expectedWh, compared, inBand }: HoursSummary, format: Format): string {
  const kwh = (value: number | null) => (value === null ? t("figures.unknown") : format.kwh(BigInt(Math.round(value))));
  const first = t("dashboard.forecast.summary", { metered: kwh(meteredWh), expected: kwh(expectedWh) });
  return compared === 0 ? first : `${first} ${t("dashboard.forecast.inBand", { inBand, count: compared })}`;
}

function plotOf(hours: AlignedHour[], format: Format, now: number): PlotSpec {
  const kwh = (value: number | null) => (value === null ? null : value / 1000);
  const show = (pick: (hour: AlignedHour) => number | null) => (index: number) => {
    const hour = hours[index];
    const value = hour ? pick(hour) : null;
    return value === null ? "–" : format.kwh(BigInt(Math.round(value)));
  };
  return {
    ...axesOf(format, false),
    now,
    xs: hours.map(({ start }) => start),
    band: {
      label: t("figures.band"),
      colour: "violet",
      lower: hours.map(({ lowerWh }) => kwh(lowerWh)),
      upper: hours.map(({ upperWh }) => kwh(upperWh)),
    },
    series: [
      {
        label: t("figures.expected"),
        colour: "violet",
        kind: "dashes",
        values: hours.map(({ expectedWh }) => kwh(expectedWh)),
        show: show(({ expectedWh }) => expectedWh),
      },
      {
        label: t("figures.metered"),
        colour: "lime",
        kind: "line",
        values: hours.map(({ meteredWh }) => kwh(meteredWh)),
        show: show(({ meteredWh }) => meteredWh),
      },
    ],
  };
}

import { useMemo } from "react";
import { ChartFigure, NoChart } from "../charts/ChartFigure.tsx";
import type { PlotSpec } from "../charts/plotSpec.ts";
import { useSite } from "../config/SiteContext.ts";
import { t } from "../i18n/t.ts";
import type { Column } from "../ui/DataTable.tsx";
import type { Format } from "../ui/format.ts";
import { type AlignedHour, type HoursSummary, summaryOf } from "./alignment.ts";
import { axesOf } from "./marketPlot.ts";
import { Unavailable } from "./Unavailable.tsx";

interface HoursChartProps {
  title: string;
  /** Null while nothing is read. */
  hours: AlignedHour[] | null;
  /** The present hour. */
  hour: number | undefined;
  /** Why there is no new forecast. */
  failed: Error | null;
  onRetry: () => void;
  /** Why the forecast is less than it could be, as the service says it. */
  degradedReason: string | null | undefined;
}

/** The forecast of each hour with its band, beside what was metered. */
export function HoursChart({ title, hours, hour, failed, onRetry, degradedReason }: HoursChartProps) {
  const { format } = useSite();
  const summary = hours && hour !== undefined ? summaryOf(hours, hour) : null;
  const known = hours?.some(({ meteredWh, expectedWh }) => meteredWh !== null || expectedWh !== null) ?? false;
  const plot = useMemo(
    () => (hours && known && hour !== undefined ? plotOf(hours, format, hour) : null),
    [hours, known, format, hour],
  );
  const wh = (value: number | null) => (value === null ? t("figures.unknown") : format.kwh(BigInt(Math.round(value))));
  const columns: Column<AlignedHour>[] = [
    { label: t("figures.hour"), span: 12, cell: ({ start }) => `${format.day(start)}, ${format.time(start)}` },
    { label: t("figures.metered"), end: true, cell: ({ meteredWh }) => wh(meteredWh) },
    { label: t("figures.expected"), end: true, cell: ({ expectedWh }) => wh(expectedWh) },
    { label: t("figures.lower"), end: true, cell: ({ lowerWh }) => wh(lowerWh) },
    { label: t("figures.upper"), end: true, cell: ({ upperWh }) => wh(upperWh) },
  ];
  return (
    <div className="min-w-0">
      <ChartFigure
        title={title}
        summary={summary ? said(summary, format) : t("figures.loading")}
        plot={plot}
        instead={
          failed && !known ? (
            <NoChart>
              <Unavailable error={failed} onRetry={onRetry} />
            </NoChart>
          ) : undefined
        }
        columns={columns}
        rows={hours ?? []}
        rowKey={({ start }) => String(start)}
      />
      <div role="status" className="text-xs text-amber">
        {known && failed && <p>{t("figures.hours.failed", { reason: failed.message })}</p>}
        {degradedReason && <p>{t("figures.hours.degraded", { reason: degradedReason })}</p>}
      </div>
    </div>
  );
}

function said({ meteredWh, expectedWh, compared, inBand }: HoursSummary, format: Format): string {
  const kwh = (value: number | null) => (value === null ? t("figures.unknown") : format.kwh(BigInt(Math.round(value))));
  const first = t("figures.hours.summary", { metered: kwh(meteredWh), expected: kwh(expectedWh) });
  return compared === 0 ? first : `${first} ${t("figures.hours.inBand", { inBand, count: compared })}`;
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

import { useMemo, useState } from "react";
import { ChartFigure, NoChart } from "../../charts/ChartFigure.tsx";
import type { PlotSpec } from "../../charts/plotSpec.ts";
import { useSite } from "../../config/SiteContext.ts";
import { useNow } from "../../data/now.ts";
import { DAY, HOUR, startOfDay } from "../../figures/days.ts";
import { axesOf } from "../../figures/marketPlot.ts";
import { Unavailable } from "../../figures/Unavailable.tsx";
import { type Bucket, dayStarts, gather, hourStarts, sumOf } from "../../home/buckets.ts";
import { useReadings } from "../../home/reads.ts";
import { t } from "../../i18n/t.ts";
import { Card, Stat } from "../../ui/Card.tsx";
import { Choice } from "../../ui/Choice.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import type { Format } from "../../ui/format.ts";

const RANGES = [1, 7, 30] as const;
type Range = (typeof RANGES)[number];

/** What the meter said, today and before. */
export function ReadingsCard({ house }: { house: string }) {
  const { format } = useSite();
  const [range, setRange] = useState<Range>(7);
  const now = useNow();
  // Whole days: the question stays the same until midnight.
  const today = now === undefined ? undefined : startOfDay(now);
  const [from, to] =
    today === undefined ? [undefined, undefined] : [startOfDay(today, 1 - range), startOfDay(today, 1)];
  const readings = useReadings(house, from, to);
  const byDay = range === 30;
  const end =
    to === undefined || now === undefined ? undefined : byDay ? to : Math.min(to, Math.ceil(now / HOUR) * HOUR);
  const buckets = useMemo(() => {
    if (!readings.data || from === undefined || end === undefined || today === undefined) return null;
    return gather(readings.data, byDay ? dayStarts(today, range) : hourStarts(from, end), end);
  }, [readings.data, from, end, today, byDay, range]);
  const plot = useMemo(
    () => (buckets && readings.data?.length ? plotOf(buckets, format) : null),
    [buckets, readings.data, format],
  );
  const sum = buckets && sumOf(buckets);
  const failed = readings.error ?? readings.failureReason;
  const kwh = (wh: number) => format.kwh(BigInt(wh));
  const known = (bucket: Bucket, wh: number) => (bucket.knownSeconds === 0 ? t("figures.unknown") : kwh(wh));
  const columns: Column<Bucket>[] = [
    {
      label: byDay ? t("house.readings.day") : t("figures.hour"),
      span: 12,
      cell: ({ start }) => (byDay ? format.day(start) : `${format.day(start)}, ${format.time(start)}`),
    },
    { label: t("figures.produced"), end: true, cell: (bucket) => known(bucket, bucket.producedWh) },
    { label: t("figures.consumed"), end: true, cell: (bucket) => known(bucket, bucket.usedWh) },
    { label: t("house.readings.own"), end: true, cell: (bucket) => known(bucket, bucket.ownWh) },
    {
      label: t("house.readings.known"),
      end: true,
      cell: ({ knownSeconds, lengthSeconds }) => format.percent(Math.min(1, knownSeconds / lengthSeconds)),
    },
  ];
  const stat = (wh: number | undefined) =>
    sum && sum.knownSeconds > 0 && wh !== undefined ? kwh(wh) : readings.data ? t("figures.unknown") : "–";
  return (
    <Card
      title={t("house.readings")}
      aside={
        <Choice
          label={t("house.readings.range")}
          chosen={range}
          onChange={setRange}
          options={RANGES.map((id) => ({
            id,
            label: id === 1 ? t("house.readings.today") : t("house.readings.days", { days: id }),
          }))}
        />
      }
    >
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 lg:grid-cols-4">
        <Stat label={t("figures.produced")} value={stat(sum?.producedWh)} tone="text-lime" />
        <Stat label={t("figures.consumed")} value={stat(sum?.usedWh)} tone="text-cyan" />
        <Stat label={t("house.readings.own")} value={stat(sum?.ownWh)} note={t("house.readings.ownNote")} />
        <Stat
          label={t("house.readings.surplus")}
          value={stat(sum ? sum.producedWh - sum.ownWh : undefined)}
          note={t("house.readings.surplusNote")}
        />
      </dl>
      <div className="mt-6">
        <ChartFigure
          title={byDay ? t("house.readings.byDay") : t("house.readings.byHour")}
          summary={
            sum && sum.knownSeconds > 0
              ? t("house.readings.summary", { produced: kwh(sum.producedWh), used: kwh(sum.usedWh) })
              : readings.data
                ? t("house.readings.none")
                : t("figures.loading")
          }
          plot={plot}
          instead={
            readings.data?.length === 0 ? (
              <NoChart>{t("house.readings.none")}</NoChart>
            ) : failed && !readings.data ? (
              <NoChart>
                <Unavailable error={failed} onRetry={() => void readings.refetch()} />
              </NoChart>
            ) : undefined
          }
          columns={columns}
          rows={buckets?.toReversed() ?? []}
          rowKey={({ start }) => String(start)}
        />
      </div>
      <div role="status" className="text-xs text-amber">
        {failed && readings.data && <p>{t("house.stale")}</p>}
      </div>
    </Card>
  );
}

function plotOf(buckets: readonly Bucket[], format: Format): PlotSpec {
  const whole = buckets.some(({ lengthSeconds }) => lengthSeconds > DAY / 2);
  const series = (label: string, colour: "lime" | "cyan", pick: (bucket: Bucket) => number) => ({
    label,
    colour,
    kind: "line" as const,
    values: buckets.map((bucket) => (bucket.knownSeconds === 0 ? null : pick(bucket) / 1000)),
    show: (index: number) => {
      const bucket = buckets[index];
      return bucket && bucket.knownSeconds > 0 ? format.kwh(BigInt(pick(bucket))) : "–";
    },
  });
  return {
    ...axesOf(format, false),
    ...(whole && { showX: format.day }),
    xs: buckets.map(({ start }) => start),
    series: [
      series(t("figures.produced"), "lime", ({ producedWh }) => producedWh),
      series(t("figures.consumed"), "cyan", ({ usedWh }) => usedWh),
    ],
  };
}

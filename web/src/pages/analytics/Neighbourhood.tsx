import { useMemo } from "react";
import { ChartFigure, NoChart } from "../../charts/ChartFigure.tsx";
import type { PlotSpec } from "../../charts/plotSpec.ts";
import { useSite } from "../../config/SiteContext.ts";
import type { Measures } from "../../figures/MeasuresCard.tsx";
import { MeasuresCard } from "../../figures/MeasuresCard.tsx";
import { axesOf } from "../../figures/marketPlot.ts";
import { Unavailable } from "../../figures/Unavailable.tsx";
import { t } from "../../i18n/t.ts";
import { Card } from "../../ui/Card.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import type { Format } from "../../ui/format.ts";
import { together, type Window } from "./period.ts";
import { useEnergySince, useMeasures } from "./reads.ts";
import { type SufficiencyDay, sufficiencyDays } from "./sufficiency.ts";

interface Measured extends Window {
  measures: Measures;
}

/** Self-sufficiency and savings since then. */
export function Neighbourhood({ from, today }: { from: number | undefined; today: number | undefined }) {
  const measured = useMeasures(from, today);
  const energy = useEnergySince(from, today);
  const all = useMemo(() => measured.data && together(measured.data.map(({ measures }) => measures)), [measured.data]);
  const days = useMemo(() => energy.data && sufficiencyDays(energy.data), [energy.data]);
  const [noMeasures, noEnergy] = [measured.error ?? measured.failureReason, energy.error ?? energy.failureReason];
  return (
    <>
      <MeasuresCard
        title={t("analytics.measures")}
        measures={all}
        error={noMeasures}
        onRetry={() => void measured.refetch()}
      />
      <Card title={t("analytics.neighbourhood")}>
        <div className="grid gap-x-8 gap-y-6 lg:grid-cols-2">
          <Sufficiency days={days} error={noEnergy} onRetry={() => void energy.refetch()} />
          <Savings windows={measured.data} error={noMeasures} onRetry={() => void measured.refetch()} />
        </div>
      </Card>
    </>
  );
}

interface Reading {
  error: unknown;
  onRetry: () => void;
}

function insteadOf(isEmpty: boolean, { error, onRetry }: Reading) {
  if (isEmpty) return <NoChart>{t("analytics.neighbourhood.none")}</NoChart>;
  if (!error) return undefined;
  return (
    <NoChart>
      <Unavailable error={error} onRetry={onRetry} />
    </NoChart>
  );
}

function Sufficiency({ days, ...reading }: { days: SufficiencyDay[] | undefined } & Reading) {
  const { format } = useSite();
  const known = useMemo(() => days?.filter(({ share }) => share !== null) ?? [], [days]);
  const shares = known.map(({ share }) => share ?? 0);
  const share = (value: number | null) => (value === null ? t("figures.unknown") : format.percent(value));
  const kwh = (wh: number, hours: number) => (hours === 0 ? t("figures.unknown") : format.kwh(BigInt(wh)));
  const columns: Column<SufficiencyDay>[] = [
    { label: t("figures.day"), span: 6, cell: ({ start }) => format.utcDay(start) },
    { label: t("figures.selfSufficiency"), end: true, cell: (day) => share(day.share) },
    { label: t("figures.produced"), end: true, cell: ({ producedWh, hours }) => kwh(producedWh, hours) },
    { label: t("figures.consumed"), end: true, cell: ({ consumedWh, hours }) => kwh(consumedWh, hours) },
    { label: t("figures.hoursKnown"), end: true, cell: ({ hours }) => format.integer(hours) },
  ];
  const plot = useMemo(
    (): PlotSpec | null =>
      days && days.length > 0
        ? {
            ...axesOf(format, true),
            axisY: format.percent,
            xs: days.map(({ start }) => start),
            series: [
              {
                label: t("figures.selfSufficiency"),
                colour: "lime",
                kind: "bars",
                values: days.map((day) => day.share),
                show: (index) => {
                  const value = days[index]?.share ?? null;
                  return value === null ? "–" : format.percent(value);
                },
              },
            ],
          }
        : null,
    [days, format],
  );
  return (
    <ChartFigure
      title={t("analytics.sufficiency")}
      summary={
        shares.length > 0
          ? t("analytics.sufficiency.summary", {
              low: format.percent(Math.min(...shares)),
              high: format.percent(Math.max(...shares)),
            })
          : t("analytics.sufficiency.none")
      }
      plot={plot}
      instead={insteadOf(days?.length === 0, reading)}
      columns={columns}
      rows={days?.toReversed() ?? []}
      rowKey={({ start }) => String(start)}
    />
  );
}

const spanOf = ({ from, to, days }: Window, format: Format): string =>
  days === 1 ? format.utcDay(from) : `${format.utcDay(from)} – ${format.utcDay(to - 1)}`;

function Savings({ windows, ...reading }: { windows: Measured[] | undefined } & Reading) {
  const { format, deployment } = useSite();
  const all = windows && together(windows.map(({ measures }) => measures));
  const money = (value: bigint | null | undefined) =>
    value === null || value === undefined ? t("figures.unknown") : format.money(value);
  const columns: Column<Measured>[] = [
    { label: t("figures.days"), span: 12, cell: (window) => spanOf(window, format) },
    { label: t("figures.buyersSaved"), end: true, cell: ({ measures }) => money(measures.buyersSaved) },
    { label: t("figures.sellersGained"), end: true, cell: ({ measures }) => money(measures.sellersGained) },
  ];
  const known = windows?.some(({ measures }) => measures.buyersSaved !== null) ?? false;
  const scale = 10 ** deployment.tokenDecimals;
  const plot = useMemo((): PlotSpec | null => {
    if (!windows || !known) return null;
    const series = (label: string, colour: "cyan" | "violet", pick: (measures: Measures) => bigint | null) => ({
      label,
      colour,
      kind: "line" as const,
      values: windows.map(({ measures }) => {
        const value = pick(measures);
        return value === null ? null : Number(value) / scale;
      }),
      show: (index: number) => {
        const value = windows[index] && pick(windows[index].measures);
        return value === null || value === undefined ? "–" : format.money(value);
      },
    });
    return {
      ...axesOf(format, true),
      xs: windows.map(({ from }) => from),
      series: [
        series(t("figures.buyersSaved"), "cyan", ({ buyersSaved }) => buyersSaved),
        series(t("figures.sellersGained"), "violet", ({ sellersGained }) => sellersGained),
      ],
    };
  }, [windows, known, format, scale]);
  return (
    <ChartFigure
      title={t("analytics.savings")}
      summary={t("analytics.savings.summary", { saved: money(all?.buyersSaved), gained: money(all?.sellersGained) })}
      plot={plot}
      instead={insteadOf(windows !== undefined && !known, reading)}
      columns={columns}
      rows={windows?.toReversed() ?? []}
      rowKey={({ from }) => String(from)}
    />
  );
}

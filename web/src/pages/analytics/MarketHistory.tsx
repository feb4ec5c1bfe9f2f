import { useMemo } from "react";
import { ChartFigure, NoChart } from "../../charts/ChartFigure.tsx";
import { useSite } from "../../config/SiteContext.ts";
import { barsPlot, type MarketRow, pricePlot } from "../../figures/marketPlot.ts";
import { NotKnown } from "../../figures/NotKnown.tsx";
import { totalsOf } from "../../figures/totals.ts";
import { t } from "../../i18n/t.ts";
import { Card, Stat } from "../../ui/Card.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { ErrorState } from "../../ui/states.tsx";

interface MarketHistoryProps {
  /** Oldest first. */
  rows: readonly MarketRow[] | undefined;
  complete: boolean;
  bySlot: boolean;
  error: unknown;
  onRetry: () => void;
}

/** Price, volume and carbon of days or slots. */
export function MarketHistory({ rows, complete, bySlot, error, onRetry }: MarketHistoryProps) {
  const { format, deployment } = useSite();
  const totals = useMemo(() => rows && totalsOf(rows), [rows]);
  const newestFirst = useMemo(() => rows?.toReversed() ?? [], [rows]);
  if (!rows && error) {
    return (
      <Card title={t("analytics.market")}>
        <ErrorState what={t("analytics.market.what")} error={error} onRetry={onRetry} />
      </Card>
    );
  }
  const price = (value: bigint | null) => (value === null ? "–" : format.priceColumn(value));
  const times = { format, decimals: deployment.tokenDecimals, utcDays: !bySlot };
  const unit = `${format.symbol}/kWh`;
  const columns: Column<MarketRow>[] = [
    {
      label: bySlot ? t("figures.slot") : t("figures.day"),
      span: 12,
      cell: ({ start }) => (bySlot ? `${format.day(start)}, ${format.time(start)}` : format.utcDay(start)),
    },
    { label: t("figures.average"), end: true, span: 4, cell: ({ averagePerKwh }) => price(averagePerKwh) },
    { label: t("figures.low"), end: true, span: 4, cell: ({ low }) => price(low) },
    { label: t("figures.high"), end: true, span: 4, cell: ({ high }) => price(high) },
    { label: t("figures.volume"), end: true, cell: ({ volumeWh }) => format.kwh(volumeWh) },
    { label: t("figures.trades"), end: true, cell: ({ trades }) => format.integer(trades) },
    { label: t("figures.carbon"), end: true, cell: ({ carbonGrams }) => format.carbon(carbonGrams) },
  ];
  const common = {
    columns,
    rows: newestFirst,
    rowKey: ({ start }: MarketRow) => String(start),
    instead: rows?.length === 0 ? <NoChart>{t("analytics.market.none")}</NoChart> : undefined,
  };
  const some = rows && rows.length > 0 ? rows : null;
  const labels = { average: t("figures.average"), high: t("figures.high"), low: t("figures.low") };
  const known = totals && totals.low !== null && totals.high !== null && totals.averagePerKwh !== null;
  return (
    <Card title={t("analytics.market")}>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 lg:grid-cols-4">
        <Stat
          label={t("figures.average")}
          value={totals ? totals.averagePerKwh === null ? <NotKnown /> : price(totals.averagePerKwh) : "–"}
          note={unit}
          tone="text-cyan"
        />
        <Stat label={t("figures.volume")} value={totals ? format.kwh(totals.volumeWh) : "–"} />
        <Stat label={t("figures.trades")} value={totals ? format.integer(totals.trades) : "–"} />
        <Stat
          label={t("figures.carbon")}
          value={totals ? format.carbon(totals.carbonGrams) : "–"}
          note={t("figures.carbon.note")}
          tone="text-lime"
        />
      </dl>
      {!complete && <p className="mt-3 text-xs text-amber">{t("analytics.market.more")}</p>}
      <div className="mt-6 grid gap-x-8 gap-y-6 lg:grid-cols-2 xl:grid-cols-3">
        <ChartFigure
          {...common}
          title={t("analytics.price", { unit })}
          summary={
            known
              ? t("analytics.price.summary", {
                  average: price(totals.averagePerKwh),
                  low: price(totals.low),
                  high: price(totals.high),
                })
              : t("analytics.price.none")
          }
          plot={some && pricePlot(some, labels, times)}
        />
        <ChartFigure
          {...common}
          title={t("analytics.volume")}
          summary={t("analytics.volume.summary", {
            energy: format.kwh(totals?.volumeWh ?? 0n),
            count: totals?.trades ?? 0,
          })}
          plot={some && barsPlot(some, t("figures.volume"), ({ volumeWh }) => volumeWh, format.kwh, "cyan", times)}
        />
        <ChartFigure
          {...common}
          title={t("analytics.carbon")}
          summary={t("analytics.carbon.summary", { carbon: format.carbon(totals?.carbonGrams ?? 0n) })}
          plot={
            some && barsPlot(some, t("figures.carbon"), ({ carbonGrams }) => carbonGrams, format.carbon, "lime", times)
          }
        />
      </div>
    </Card>
  );
}

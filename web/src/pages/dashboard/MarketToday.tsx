import { slotStart } from "@gridx/contracts";
import type { SlotMarket } from "@gridx/indexer/client";
import { useMemo } from "react";
import { ChartFigure, NoChart } from "../../charts/ChartFigure.tsx";
import { useSite } from "../../config/SiteContext.ts";
import { useMarket } from "../../data/indexer.ts";
import { useNow, useToday } from "../../data/now.ts";
import { barsPlot, pricePlot } from "../../figures/marketPlot.ts";
import { type MarketTotals, totalsOf } from "../../figures/totals.ts";
import { t } from "../../i18n/t.ts";
import { Card, Stat } from "../../ui/Card.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { useSlotsSince } from "./reads.ts";

/** Price and volume of the energy of today's slots, and the last clearing. */
export function MarketToday() {
  const slots = useSlotsSince(useToday());
  const rows = useMemo(() => slots.data?.rows.toReversed(), [slots.data]);
  const totals = useMemo(() => rows && totalsOf(rows), [rows]);
  return (
    <Card title={t("dashboard.market")}>
      {!rows && slots.isError ? (
        <ErrorState what={t("dashboard.market.what")} error={slots.error} onRetry={() => void slots.refetch()} />
      ) : (
        <>
          <Figures totals={totals} />
          <Charts rows={rows} totals={totals} />
        </>
      )}
    </Card>
  );
}

function Figures({ totals }: { totals: MarketTotals | undefined }) {
  const { format, deployment } = useSite();
  const { data: market } = useMarket();
  const now = useNow();
  const last = market?.lastClearing;
  const unit = `${format.symbol}/kWh`;
  const price = (value: bigint | null | undefined) =>
    value === undefined ? "–" : value === null ? t("dashboard.market.noneYet") : format.priceColumn(value);
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 lg:grid-cols-4">
      <Stat label={t("dashboard.market.average")} value={price(totals?.averagePerKwh)} note={unit} tone="text-cyan" />
      <Stat
        label={t("dashboard.market.volume")}
        value={totals ? format.kwh(totals.volumeWh) : "–"}
        note={t("dashboard.market.trades", { count: totals?.trades ?? 0 })}
      />
      <Stat
        label={t("dashboard.market.turnover")}
        value={totals ? format.money(totals.turnover) : "–"}
        note={t("dashboard.market.turnoverNote")}
      />
      <Stat
        label={t("dashboard.market.clearing")}
        value={
          last === undefined
            ? "–"
            : last === null
              ? t("dashboard.market.noneYet")
              : format.priceColumn(last.pricePerKwh)
        }
        note={
          last && now !== undefined
            ? t("dashboard.market.clearingNote", {
                slot: format.slotRange(last.slot),
                ago: format.ago(slotStart(last.slot + 1, deployment.slotDuration), now),
              })
            : last !== null && (
                <span className="invisible">
                  {t("dashboard.market.clearingNote", { slot: format.slotRange(0), ago: format.ago(0, 60) })}
                </span>
              )
        }
      />
    </dl>
  );
}

function Charts({ rows, totals }: { rows: SlotMarket[] | undefined; totals: MarketTotals | undefined }) {
  const { format, deployment } = useSite();
  const decimals = deployment.tokenDecimals;
  const price = (value: bigint | null) => (value === null ? "–" : format.priceColumn(value));
  const columns: Column<SlotMarket>[] = [
    { label: t("figures.slot"), span: 12, cell: ({ slot }) => format.slotRange(slot) },
    { label: t("figures.average"), end: true, span: 4, cell: ({ averagePerKwh }) => price(averagePerKwh) },
    { label: t("figures.low"), end: true, span: 4, cell: ({ low }) => price(low) },
    { label: t("figures.high"), end: true, span: 4, cell: ({ high }) => price(high) },
    { label: t("figures.volume"), end: true, cell: ({ volumeWh }) => format.kwh(volumeWh) },
    { label: t("figures.trades"), end: true, cell: ({ trades }) => format.integer(trades) },
  ];
  const labels = { average: t("figures.average"), high: t("figures.high"), low: t("figures.low") };
  const newestFirst = useMemo(() => rows?.toReversed() ?? [], [rows]);
  const instead = rows?.length === 0 && <NoChart>{t("dashboard.market.none")}</NoChart>;
  const hasRows = rows !== undefined && rows.length > 0;
  const traded = totals && totals.low !== null && totals.high !== null;
  return (
    <div className="mt-6 grid gap-x-8 gap-y-6 lg:grid-cols-2">
      <ChartFigure
        title={t("dashboard.market.priceChart", { unit: `${format.symbol}/kWh` })}
        summary={
          traded
            ? t("dashboard.market.priceSummary", { low: price(totals.low), high: price(totals.high) })
            : t("dashboard.market.priceNone")
        }
        plot={hasRows ? pricePlot(rows, labels, { format, decimals, utcDays: false }) : null}
        instead={instead}
        columns={columns}
        rows={newestFirst}
        rowKey={({ slot }) => String(slot)}
      />
      <ChartFigure
        title={t("dashboard.market.volumeChart")}
        summary={t("dashboard.market.volumeSummary", {
          energy: format.kwh(totals?.volumeWh ?? 0n),
          count: rows?.length ?? 0,
        })}
        plot={
          hasRows
            ? barsPlot(rows, t("figures.volume"), ({ volumeWh }) => volumeWh, format.kwh, "cyan", {
                format,
                utcDays: false,
              })
            : null
        }
        instead={instead}
        columns={columns}
        rows={newestFirst}
        rowKey={({ slot }) => String(slot)}
      />
    </div>
  );
}

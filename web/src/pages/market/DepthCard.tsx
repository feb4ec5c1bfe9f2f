import { useId, useMemo, useState } from "react";
import { ChartFigure, NoChart } from "../../charts/ChartFigure.tsx";
import type { PlotSpec } from "../../charts/plotSpec.ts";
import { useSite } from "../../config/SiteContext.ts";
import { useMarket } from "../../data/indexer.ts";
import { t } from "../../i18n/t.ts";
import { Address } from "../../ui/Address.tsx";
import { Card } from "../../ui/Card.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import type { Format } from "../../ui/format.ts";
import { ErrorState } from "../../ui/states.tsx";
import { useAddress } from "../../wallet/session.ts";
import { type DepthPoint, type DepthRow, depthOf, pointsOf } from "./depth.ts";
import { useBids } from "./reads.ts";
import type { Shelf } from "./useShelf.ts";

/** What is offered and wanted at each price, with the fee, as a buyer pays it. */
export function DepthCard({ shelf }: { shelf: Shelf }) {
  const { format, deployment } = useSite();
  const address = useAddress();
  const { data: market } = useMarket();
  const bids = useBids();
  const [slot, setSlot] = useState<number | null>(null);
  const { lots, now, query } = shelf;
  const feeBps = market?.feeBps;
  const depth = useMemo(
    () =>
      lots && bids.data && feeBps !== undefined ? depthOf({ lots, bids: bids.data.rows, feeBps, slot }) : undefined,
    [lots, bids.data, feeBps, slot],
  );
  const points = useMemo(() => depth && pointsOf(depth), [depth]);
  const plot = useMemo(
    () => (points && points.length > 0 ? plotOf(points, format, deployment.tokenDecimals) : null),
    [points, format, deployment.tokenDecimals],
  );
  const columns: Column<DepthRow>[] = [
    {
      label: t("market.depth.side"),
      span: 4,
      cell: ({ side }) => (
        <span className={side === "ask" ? "text-cyan" : "text-violet"}>
          {t(side === "ask" ? "market.depth.ask" : "market.depth.bid")}
        </span>
      ),
    },
    { label: t("market.depth.who"), span: 8, cell: ({ who }) => <Address address={who} me={who === address} /> },
    {
      label: t("market.depth.slot"),
      span: 4,
      cell: (row) => (row.slot === null ? t("market.depth.each") : format.slot(row.slot, now)),
    },
    { label: t("market.lots.total"), end: true, span: 4, cell: (row) => format.price(row.pricePerKwh) },
    { label: t("market.depth.energy"), end: true, span: 4, cell: ({ energyWh }) => format.kwh(energyWh) },
    { label: t("market.depth.sum"), end: true, span: 8, cell: ({ sumWh }) => format.kwh(sumWh) },
  ];
  const failed = (!lots && query.error) || (!bids.data && bids.error);
  if (failed) {
    const retry = () => void Promise.all([query.refetch(), bids.refetch()]);
    return (
      <Card title={t("market.depth")}>
        <ErrorState what={t("market.depth.what")} error={failed} onRetry={retry} />
      </Card>
    );
  }
  const rows = depth ? [...depth.asks, ...depth.bids] : [];
  const [offered, wanted] = [depth?.asks.at(-1)?.sumWh ?? 0n, depth?.bids.at(-1)?.sumWh ?? 0n];
  return (
    <Card
      title={t("market.depth")}
      aside={
        <SlotChoice slots={[...new Set(lots?.map((lot) => lot.slot))]} now={now} chosen={slot} onChange={setSlot} />
      }
    >
      <ChartFigure
        title={t("market.depth.chart", { unit: `${format.symbol}/kWh` })}
        summary={
          depth
            ? t("market.depth.summary", { offered: format.kwh(offered), wanted: format.kwh(wanted) })
            : t("figures.loading")
        }
        plot={plot}
        instead={points?.length === 0 ? <NoChart>{t("market.depth.none")}</NoChart> : undefined}
        columns={columns}
        rows={rows}
        rowKey={({ side, who, slot: of }) => `${side}-${who}-${of}`}
      />
      <p className="text-xs text-pretty text-muted">
        {t("market.depth.note")}
        {(!shelf.complete || bids.data?.complete === false) && ` ${t("market.depth.incomplete")}`}
      </p>
    </Card>
  );
}

interface SlotChoiceProps {
  slots: readonly number[];
  now: number;
  chosen: number | null;
  onChange: (slot: number | null) => void;
}

function SlotChoice({ slots, now, chosen, onChange }: SlotChoiceProps) {
  const { format } = useSite();
  const id = useId();
  // One that is gone from the shelf stays chosen until another is.
  const all = [...new Set([...slots, ...(chosen === null ? [] : [chosen])])].sort((a, b) => b - a);
  return (
    <span className="inline-flex items-center gap-2 text-sm">
      <label htmlFor={id} className="text-muted">
        {t("market.depth.slot")}
      </label>
      <select
        id={id}
        value={chosen ?? ""}
        onChange={({ target }) => onChange(target.value === "" ? null : Number(target.value))}
        className="min-h-11 rounded-control border border-edge/70 bg-night px-3"
      >
        <option value="">{t("market.depth.all")}</option>
        {all.map((slot) => (
          <option key={slot} value={slot}>
            {format.slot(slot, now)}
          </option>
        ))}
      </select>
    </span>
  );
}

const WH_PER_KWH = 1_000;

function plotOf(points: readonly DepthPoint[], format: Format, decimals: number): PlotSpec {
  const unit = 10 ** decimals;
  const show = (pick: (point: DepthPoint) => bigint) => (index: number) => {
    const point = points[index];
    return point ? format.kwh(pick(point)) : "–";
  };
  const offered = ({ offeredWh }: DepthPoint) => offeredWh;
  const wanted = ({ wantedWh }: DepthPoint) => wantedWh;
  const kwh = (pick: (point: DepthPoint) => bigint) => points.map((point) => Number(pick(point)) / WH_PER_KWH);
  return {
    plain: true,
    xs: points.map(({ pricePerKwh }) => Number(pricePerKwh) / unit),
    series: [
      {
        ...{ label: t("market.depth.asks"), colour: "cyan", kind: "rising" },
        ...{ values: kwh(offered), show: show(offered) },
      },
      {
        ...{ label: t("market.depth.bids"), colour: "violet", kind: "falling" },
        ...{ values: kwh(wanted), show: show(wanted) },
      },
    ],
    showX: (price) => `${format.number(price)} ${format.symbol}/kWh`,
    axisX: (price) => format.number(price),
    axisY: format.number,
  };
}

// Prices and energy of slots or days as charts show them. Doubles are good enough to draw; tables show every digit.
import type { DayMarket, SlotMarket } from "@gridx/indexer/client";
import type { PlotSpec } from "../charts/plotSpec.ts";
import type { Format } from "../ui/format.ts";
import { DAY, startOfDay } from "./days.ts";

export type MarketRow = Omit<SlotMarket, "slot"> | Omit<DayMarket, "day">;

export interface PlotTimes {
  utcDays: boolean;
  now?: number;
  format: Format;
  decimals: number;
}

type Axes = Pick<PlotSpec, "utcDays" | "axisX" | "axisY" | "showX">;

export function axesOf(format: Format, utcDays: boolean): Axes {
  const day = utcDays ? format.utcDay : format.day;
  return {
    utcDays,
    axisX: (seconds, step) => (utcDays || step >= DAY || isMidnight(seconds) ? day(seconds) : format.time(seconds)),
    axisY: format.number,
    showX: (seconds) => (utcDays ? day(seconds) : `${day(seconds)}, ${format.time(seconds)}`),
  };
}

const isMidnight = (seconds: number): boolean => startOfDay(seconds) === seconds;

const scaled = (value: bigint | null, decimals: number): number | null =>
  value === null ? null : Number(value) / 10 ** decimals;
const KWH_DECIMALS = 3;

interface PriceLabels {
  average: string;
  high: string;
  low: string;
}

/** Average price by volume, between the highest and the lowest of the trades. `rows` are oldest first. */
export function pricePlot(rows: readonly MarketRow[], labels: PriceLabels, times: PlotTimes): PlotSpec {
  const { format, decimals, utcDays } = times;
  const of = (pick: (row: MarketRow) => bigint | null) => rows.map((row) => scaled(pick(row), decimals));
  const show = (pick: (row: MarketRow) => bigint | null) => (index: number) => {
    const row = rows[index];
    const value = row && pick(row);
    return value === null || value === undefined ? "–" : format.priceColumn(value);
  };
  const [average, high, low] = [
    (row: MarketRow) => row.averagePerKwh,
    (row: MarketRow) => row.high,
    (row: MarketRow) => row.low,
  ];
  return {
    ...axesOf(format, utcDays),
    xs: rows.map(({ start }) => start),
    band: { label: `${labels.low} – ${labels.high}`, colour: "violet", lower: of(low), upper: of(high) },
    series: [{ label: labels.average, colour: "cyan", kind: "line", values: of(average), show: show(average) }],
  };
}

/** One figure of each slot or day as bars. */
export function barsPlot(
  rows: readonly MarketRow[],
  label: string,
  pick: (row: MarketRow) => bigint,
  show: (value: bigint) => string,
  colour: "cyan" | "lime" | "violet",
  { format, utcDays }: Pick<PlotTimes, "format" | "utcDays">,
): PlotSpec {
  return {
    ...axesOf(format, utcDays),
    xs: rows.map(({ start }) => start),
    series: [
      {
        label,
        colour,
        kind: "bars",
        values: rows.map((row) => scaled(pick(row), KWH_DECIMALS)),
        show: (index) => {
          const row = rows[index];
          return row ? show(pick(row)) : "–";
        },
      },
    ],
  };
}

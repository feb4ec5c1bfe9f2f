import { z } from "zod/mini";
import { integer } from "./primitives.ts";

/** Totals of trades, by the time for which their energy was exported. Prices are token base units per kWh. */
const totals = {
  /** Unix seconds. */
  start: z.int(),
  volumeWh: integer,
  /** What sellers received. */
  turnover: integer,
  /** Grid fees on top. */
  fees: integer,
  /** Average by volume, `floor(turnover * 1000 / volumeWh)`; null where nothing was traded, as are high and low. */
  averagePerKwh: z.nullable(integer),
  high: z.nullable(integer),
  low: z.nullable(integer),
  trades: z.int(),
  /** Different ones. */
  buyers: z.int(),
  sellers: z.int(),
  carbonGrams: integer,
  /** The part of volume and turnover that clearings matched. */
  clearedWh: integer,
  clearedTurnover: integer,
};

/** One slot in which something was traded or cleared. */
export const slotMarketSchema = z.object({
  slot: z.int(),
  ...totals,
  /** The slot's one clearing price, null where it was not cleared. */
  clearingPrice: z.nullable(integer),
});
export type SlotMarket = z.output<typeof slotMarketSchema>;

/** One UTC day, of the slots that began in it. */
export const dayMarketSchema = z.object({
  /** Days since 1970-01-01. */
  day: z.int(),
  ...totals,
  /** Of the day's newest cleared slot. */
  clearingPrice: z.nullable(integer),
});
export type DayMarket = z.output<typeof dayMarketSchema>;

import { z } from "zod";
import { integer } from "./primitives.ts";

/** Totals of trades, by the time for which their energy was exported. Prices are token base units per kWh. */
const totals = {
  /** Unix seconds. */
  start: z.number().int(),
  volumeWh: integer,
  /** What sellers received. */
  turnover: integer,
  /** Grid fees on top. */
  fees: integer,
  /** Average by volume, `floor(turnover * 1000 / volumeWh)`; null where nothing was traded, as are high and low. */
  averagePerKwh: integer.nullable(),
  high: integer.nullable(),
  low: integer.nullable(),
  trades: z.number().int(),
  /** Different ones. */
  buyers: z.number().int(),
  sellers: z.number().int(),
  carbonGrams: integer,
  /** The part of volume and turnover that clearings matched. */
  clearedWh: integer,
  clearedTurnover: integer,
};

/** One slot in which something was traded or cleared. */
export const slotMarketSchema = z.object({
  slot: z.number().int(),
  ...totals,
  /** The slot's one clearing price, null where it was not cleared. */
  clearingPrice: integer.nullable(),
});
export type SlotMarket = z.output<typeof slotMarketSchema>;

/** One UTC day, of the slots that began in it. */
export const dayMarketSchema = z.object({
  /** Days since 1970-01-01. */
  day: z.number().int(),
  ...totals,
  /** Of the day's newest cleared slot. */
  clearingPrice: integer.nullable(),
});
export type DayMarket = z.output<typeof dayMarketSchema>;

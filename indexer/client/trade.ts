import { z } from "zod/mini";
import { hash, integer } from "./primitives.ts";
import { productionSchema, tradeSchema } from "./schemas.ts";

/** A trade, its place in the ledger, and where its energy comes from. */
export const oneTradeSchema = z.extend(tradeSchema, {
  /** Index of its fact in the ledger, from 0. */
  fact: z.int(),
  /** Ledger head before it, and after it: its own id. */
  headBefore: hash,
  headAfter: hash,
  /** What its carbon was credited by: `carbonGrams` is `floor(energyWh × gramsPerMwh / 1,000,000)`. */
  emissionFactor: z.object({
    gramsPerMwh: z.int(),
    source: z.string(),
    vintage: z.string(),
    /** Where it was set. */
    transactionHash: hash,
  }),
  provenance: z.object({
    /** Unix seconds. */
    slotStart: z.int(),
    /** What the readings make: the lot as it was. */
    attestedWh: integer,
    /** Of the lot, by earlier trades, and with this one. Never more than `attestedWh`. */
    soldBeforeWh: integer,
    soldAfterWh: integer,
    /** The seller's readings of the slot that were attested before the trade, oldest first: house, meter, transaction. */
    readings: z.array(productionSchema),
  }),
});
export type OneTrade = z.output<typeof oneTradeSchema>;

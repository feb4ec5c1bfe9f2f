import { z } from "zod/mini";
import { address, integer } from "./primitives.ts";
import { origin } from "./schemas.ts";

/** One call of `clearSlot`: `SlotCleared`. */
export const clearingSchema = z.object({
  slot: z.int(),
  pricePerKwh: integer,
  energyWh: integer,
  trades: z.int(),
  ...origin,
});
export type Clearing = z.output<typeof clearingSchema>;

/** A line of a clearing, or what was left of it, that was passed over: `FillSkipped`. */
export const skippedSchema = z.object({
  slot: z.int(),
  participant: address,
  reason: z.string(),
  ...origin,
});
export type Skipped = z.output<typeof skippedSchema>;

/** All of one slot, oldest first; empty where it was not cleared. */
export const slotClearingsSchema = z.object({
  slot: z.int(),
  clearings: z.array(clearingSchema),
  skipped: z.array(skippedSchema),
});
export type SlotClearings = z.output<typeof slotClearingsSchema>;

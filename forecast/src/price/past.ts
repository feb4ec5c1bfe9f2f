import type { PastSlot } from "./suggest.ts";

const SECONDS_PER_DAY = 86_400;
/** How far back a slot is compared. */
export const PAST_DAYS = 14;

/**
 * The slots of the same hour of the day, in the days before a slot, that clearings were made for or passed over. Only slots
 * from the first to the last clearing given count: before and after them nobody cleared.
 */
export function pastSlots(
  clearings: readonly { slot: number; pricePerKwh: bigint }[],
  slot: number,
  slotDuration: number,
): PastSlot[] {
  const prices = new Map(clearings.map((clearing) => [clearing.slot, clearing.pricePerKwh]));
  const slots = [...prices.keys()];
  const first = Math.max(
    slots.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    slot - (PAST_DAYS * SECONDS_PER_DAY) / slotDuration,
  );
  const last = Math.min(
    slots.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
    slot - 1,
  );
  const hourOf = (any: number) => Math.floor(((any * slotDuration) % SECONDS_PER_DAY) / 3600);
  const past: PastSlot[] = [];
  for (let each = Math.ceil(first); each <= last; each += 1) {
    if (hourOf(each) === hourOf(slot)) past.push({ clearingPricePerKwh: prices.get(each) ?? null });
  }
  return past;
}

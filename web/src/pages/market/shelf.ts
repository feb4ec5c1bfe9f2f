import type { Lot } from "@gridx/indexer/client";

export interface ShelfClock {
  /** Chain time. */
  now: number;
  slotDuration: number;
  tradingWindow: number;
  /** How much faster than the reader's clock the chain's runs. */
  clockSpeed: number;
  /** In an emergency nothing is sold above it. */
  priceCap: bigint | null;
}

export interface ShelfLot extends Lot {
  /** The reader's seconds until it can't be traded any more. */
  secondsLeft: number;
  /** Not for sale while the emergency lasts. */
  aboveCap: boolean;
}

/** Nobody signs faster than this. */
const TOO_LATE_SECONDS = 10;

/** Lots that can still be bought: cheapest first, of equal ones the newest, which lasts longest. */
export function sortShelf(lots: readonly Lot[], clock: ShelfClock): ShelfLot[] {
  const { now, slotDuration, tradingWindow, clockSpeed, priceCap } = clock;
  return lots
    .map((lot) => {
      const expiresAt = (lot.slot + tradingWindow + 1) * slotDuration;
      const secondsLeft = Math.floor((expiresAt - now) / clockSpeed);
      return { ...lot, secondsLeft, aboveCap: priceCap !== null && lot.ask > priceCap };
    })
    .filter((lot) => lot.secondsLeft >= TOO_LATE_SECONDS)
    .sort((a, b) => {
      if (a.ask !== b.ask) return a.ask < b.ask ? -1 : 1;
      return b.slot - a.slot;
    });
}

/** The slot whose lots can be bought directly next, and from when on. */
export function nextOnShelf(now: number, slotDuration: number, delaySlots: number): { slot: number; opensAt: number } {
  const current = Math.floor(now / slotDuration);
  return { slot: current - delaySlots, opensAt: (current + 1) * slotDuration };
}

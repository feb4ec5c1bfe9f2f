// What the clearing of slots tells, one JSON object a line.
import type { Address, Hex } from "viem";
import type { Clearing } from "./market.ts";
import type { Rehearsed } from "./rehearse.ts";
import type { Skipped } from "./settlement.ts";

export type ClearEvent =
  | {
      event: "cleared";
      slot: number;
      pricePerKwh: bigint;
      /** Settled of the slot, as the receipts say; told again after a restart if no later slot was cleared. */
      energyWh: bigint;
      /** What the first plan of this run wanted of the whole slot. */
      plannedWh: bigint;
      trades: number;
      transactions: Hex[];
      /** Lines that the contract passed over, and why. */
      skipped: Skipped[];
      /** What could be traded on paper and did not settle. */
      leftWh: bigint;
    }
  /** No ask meets a bid: nothing was sent. Asks and bids that have energy and a price. */
  | { event: "nothing"; slot: number; asks: number; bids: number }
  /** Dry run: what would be done, and what a node says to it; null without an address that could do it. */
  | ({ event: "planned"; slot: number; calls: number; settledWh: bigint; rehearsal: Rehearsed[] | null } & Clearing)
  /** Another slot after it was cleared already, so that it can't be any more. */
  | { event: "passed"; slot: number; lastSlot: number }
  /** Nobody cleared these slots in time; what is left of them is on the shelf or has expired. */
  | { event: "expired"; fromSlot: number; toSlot: number }
  /** The grace time is over and these meters have not spoken. */
  | { event: "late"; slot: number; missing: Address[] }
  | { event: "warning"; message: string };

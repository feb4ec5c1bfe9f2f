// What a simulation tells, one JSON object a line on standard output.
import type { NoteKind } from "../neighbourhood.ts";

export type SimulationEvent =
  | { event: "registered"; houses: number; households: number; block: number; description: string }
  | { event: "note"; house: string; kind: NoteKind; from: string; to: string; hours: number }
  | { event: "history"; done: number; total: number; readings: number; trades: number; block: number }
  | { event: "live"; slot: number; block: number; timestamp: number; speed: number; historySeconds: number }
  | {
      event: "slot";
      slot: number;
      start: number;
      attested: number;
      rejected: number;
      exportedWh: bigint;
      /** Of the slot's clearing; 0 where nothing was matched. */
      pricePerKwh: bigint;
      clearedWh: bigint;
      /** Lines of the clearing that did not settle, or not all of them. */
      skipped: number;
      /** From the shelf, by the households. */
      boughtWh: bigint;
      purchases: number;
      reverted: number;
      queued: number;
    }
  | { event: "warning"; message: string }
  | { event: "ended"; slot: number; message: string }
  | SimulationSummary;

export interface Check {
  name: string;
  ok: boolean;
  detail?: string;
}

export interface SimulationSummary {
  event: "summary";
  /** Whether every check agrees; the process exits with 1 otherwise. */
  ok: boolean;
  historySlots: number;
  liveSlots: number;
  seconds: number;
  readingsAttested: number;
  readingsRejected: number;
  exportedWh: bigint;
  tradedWh: bigint;
  trades: number;
  /** Slots in which bids and asks met, and what they traded; the rest of the energy traded was bought from the shelf. */
  clearedSlots: number;
  clearedWh: bigint;
  boughtWh: bigint;
  /** What households' bids brought them beyond what they turned out to lack. */
  aheadWh: bigint;
  /** Payments to sellers and fees, in token base units. */
  paid: bigint;
  fees: bigint;
  tokenSymbol: string;
  tokenDecimals: number;
  carbonGrams: bigint;
  gas: Record<string, { transactions: number; reverted: number; gasUsed: bigint; gasPerTransaction: bigint }>;
  block: number;
  headOnChain: string;
  headRecomputed: string;
  /** null where no indexer was asked. */
  indexer: { block: number; headEqual: boolean; totalsEqual: boolean } | null;
  notes: Partial<Record<NoteKind, number>>;
  checks: Check[];
}

export type Emit = (event: SimulationEvent) => void;

export const refusalOf = (meter: string, slot: number, exportWh: bigint, reason: string): string =>
  `reading of ${meter} for slot ${slot} (${exportWh} Wh) was refused: ${reason}`;

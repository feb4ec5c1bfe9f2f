// What rows of other tables must be, given the facts that they come from. The facts themselves are proven by the head.
import { paymentOf, type Text } from "@gridx/contracts";
import { type Hex, hexToString, isHex } from "viem";
import { readable } from "../../text.ts";

export interface StoredFact {
  index: number;
  kind: string;
  fields: unknown;
  head: Hex;
  blockNumber: number;
  blockTimestamp: bigint;
  logIndex: number;
  transactionHash: string;
}

interface Origin {
  blockNumber: number;
  blockTimestamp: bigint;
  logIndex: number;
}

export interface StoredTrade extends Origin {
  tradeId: string;
  seller: string;
  buyer: string;
  slot: number;
  energyWh: bigint;
  pricePerKwh: bigint;
  payment: bigint;
  feePaid: bigint;
  carbonGrams: bigint;
  cleared: boolean;
  fact: number;
}

export interface StoredClearing extends Origin {
  slot: number;
  pricePerKwh: bigint;
  energyWh: bigint;
  trades: number;
}

export interface StoredBid {
  address: string;
  bid: bigint;
  bidWh: bigint;
  bidFromSlot: number;
  bidBlockNumber: number | null;
  bidLogIndex: number | null;
  bidTimestamp: bigint | null;
}

export interface StoredEmergency extends Origin {
  index: number;
  priceCap: bigint;
  normalWhPerSlot: bigint;
  essentialWhPerSlot: bigint;
  endsAt: bigint;
  reason: string;
  endedBlockNumber: number | null;
  endedLogIndex: number | null;
  endedTimestamp: bigint | null;
}

/** Rows that a page of facts may have made. */
export interface PageRows {
  trades: ReadonlyMap<string, StoredTrade>;
  /** By `placeOf`. */
  clearings: ReadonlyMap<string, StoredClearing>;
  bids: ReadonlyMap<string, StoredBid>;
  emergencies: ReadonlyMap<number, StoredEmergency>;
}

/** How many rows facts were found behind: more than that in a table are made up. */
export const noRows = { trades: 0, clearings: 0, bids: 0, emergencies: 0, emergencyEnds: 0 };
export type RowCounts = typeof noRows;

export const placeOf = (row: { blockNumber: number | null; logIndex: number | null }) =>
  `${row.blockNumber} ${row.logIndex}`;

/** Same values, whatever their types; addresses and hashes in any case, texts as they are. */
function same(row: object, expected: Readonly<Record<string, unknown>>): boolean {
  const stored = row as Readonly<Record<string, unknown>>;
  const plain = (value: unknown) => (isHex(value) ? value.toLowerCase() : String(value));
  return Object.entries(expected).every(([name, value]) => plain(stored[name]) === plain(value));
}

const origin = ({ blockNumber, blockTimestamp, logIndex }: StoredFact) => ({ blockNumber, blockTimestamp, logIndex });

/** As a row has it: mended, without NUL. */
const shown = (text: Text) => readable(typeof text === "string" ? text : hexToString(text.bytes));

/** Checks rows fact by fact, in the order of the ledger, and counts them. */
export function rowChecker() {
  const counts = { ...noRows };
  /** Trades since the last other fact of the transaction: which of them were cleared shows with the next fact. */
  let open: { fact: StoredFact; row: StoredTrade }[] = [];
  let transaction = "";
  let present: StoredEmergency | undefined;

  /** Trades whose mark is wrong, once it is known how many of the last ones a clearing made. */
  function close(cleared: number): StoredFact[] {
    const first = open.length - cleared;
    const wrong = open.filter(({ row }, position) => row.cleared !== position >= first);
    open = [];
    return wrong.map(({ fact }) => fact);
  }

  function trade(fact: StoredFact, fields: Record<string, string>, row: StoredTrade | undefined): boolean {
    counts.trades += 1;
    if (!row) return false;
    open.push({ fact, row });
    const payment = paymentOf(BigInt(fields.energyWh ?? 0), BigInt(fields.pricePerKwh ?? 0));
    return same(row, { ...fields, payment, fact: fact.index, ...origin(fact) });
  }

  /** The standing bid, unless a later one has taken its place: that one has its own fact. */
  function bid(fact: StoredFact, fields: Record<string, string>, row: StoredBid | undefined): boolean {
    if (!row || row.bidBlockNumber === null || row.bidLogIndex === null) return false;
    const later = row.bidBlockNumber - fact.blockNumber || row.bidLogIndex - fact.logIndex;
    if (later > 0) return true;
    counts.bids += 1;
    return same(row, {
      bid: fields.pricePerKwh,
      bidWh: fields.maxWhPerSlot,
      bidFromSlot: fields.fromSlot,
      bidBlockNumber: fact.blockNumber,
      bidLogIndex: fact.logIndex,
      bidTimestamp: fact.blockTimestamp,
    });
  }

  function endPresent(fact: StoredFact): boolean {
    if (!present || present.endsAt <= fact.blockTimestamp) return true;
    counts.emergencyEnds += 1;
    return same(present, {
      endedBlockNumber: fact.blockNumber,
      endedLogIndex: fact.logIndex,
      endedTimestamp: fact.blockTimestamp,
    });
  }

  function emergency(fact: StoredFact, fields: Record<string, unknown>, row: StoredEmergency | undefined): boolean {
    const ended = endPresent(fact);
    present = row;
    counts.emergencies += 1;
    if (!row) return false;
    return ended && same(row, { ...fields, reason: shown(fields.reason as Text), ...origin(fact) });
  }

  function rowOf(fact: StoredFact, rows: PageRows): boolean {
    const fields = fact.fields as Record<string, string>;
    switch (fact.kind) {
      case "EnergyTradeLogged":
        return trade(fact, fields, rows.trades.get(fact.head));
      case "SlotCleared": {
        counts.clearings += 1;
        const row = rows.clearings.get(placeOf(fact));
        return row !== undefined && same(row, { ...fields, ...origin(fact) });
      }
      case "BidSet":
        return bid(fact, fields, rows.bids.get((fields.buyer ?? "").toLowerCase()));
      case "EmergencyDeclared":
        return emergency(fact, fields, rows.emergencies.get(fact.index));
      case "EmergencyEnded": {
        const ended = endPresent(fact);
        present = undefined;
        return ended;
      }
      default:
        return true;
    }
  }

  return {
    counts,
    /** Facts, up to this one, whose rows turn out not to be what they must be. */
    check(fact: StoredFact, rows: PageRows): StoredFact[] {
      const continues = fact.kind === "EnergyTradeLogged" && fact.transactionHash === transaction;
      transaction = fact.transactionHash;
      const cleared = fact.kind === "SlotCleared" ? Number((fact.fields as Record<string, unknown>).trades) : 0;
      const wrong = continues ? [] : close(cleared);
      if (!rowOf(fact, rows)) wrong.push(fact);
      return wrong;
    },
    /** The same after the last fact. */
    end: () => close(0),
  };
}

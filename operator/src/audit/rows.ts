// The rows that an indexer should have, kept while the events are read.

import type { Text } from "@gridx/contracts";
import type { BookLog, Books, EventOf, Trade } from "@gridx/contracts/books";
import { type Address, type Hex, hexToString } from "viem";

interface Origin {
  blockNumber: number;
  blockTimestamp: number;
  transactionHash: Hex;
  logIndex: number;
}

const originOf = ({ blockNumber, timestamp, transactionHash, logIndex }: BookLog): Origin => {
  return { blockNumber, blockTimestamp: timestamp, transactionHash, logIndex };
};

/** Text for reading, as the indexer shows it: what is broken in it mended, without NUL. */
const readable = (text: Text): string =>
  (typeof text === "string" ? text : hexToString(text.bytes)).replaceAll("\0", "\uFFFD");

export type TradeRow = Trade & Origin;
export type ReadingRow = Omit<EventOf<"EnergyAttested">, "name"> & { house: Address } & Origin;
export type ClearingRow = Omit<EventOf<"SlotCleared">, "name"> & Origin;
export interface CarbonRow extends Origin {
  id: Hex;
  address: Address;
  kind: "earned" | "spent";
  grams: bigint;
  tradeId: Hex | null;
  beneficiary: string | null;
  reason: string | null;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

export class Rows {
  /** In log order. */
  readonly trades: TradeRow[] = [];
  /** By house. */
  readonly readings = new Map<Address, ReadingRow[]>();
  /** In log order. */
  readonly carbon: CarbonRow[] = [];
  /** In log order. */
  readonly clearings: ClearingRow[] = [];

  trade(trade: Trade, log: BookLog): void {
    const origin = originOf(log);
    this.trades.push({ ...trade, ...origin });
    const { tradeId, buyer: address, carbonGrams: grams } = trade;
    const nothing = { beneficiary: null, reason: null };
    this.carbon.push({ id: tradeId, address, kind: "earned", grams, tradeId, ...nothing, ...origin });
  }

  claim(event: EventOf<"CarbonSpent">, log: BookLog): void {
    const { claimId: id, account: address, grams } = event;
    const texts = { beneficiary: readable(event.beneficiary), reason: readable(event.reason) };
    this.carbon.push({ id, address, kind: "spent", grams, tradeId: null, ...texts, ...originOf(log) });
  }

  cleared({ name: _, ...event }: EventOf<"SlotCleared">, log: BookLog): void {
    this.clearings.push({ ...event, ...originOf(log) });
  }

  reading({ name: _, ...event }: EventOf<"EnergyAttested">, log: BookLog, books: Books): void {
    const house = books.meters.get(event.meter)?.house.house ?? event.meter;
    push(this.readings, house, { ...event, house, ...originOf(log) });
  }
}

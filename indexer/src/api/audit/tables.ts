// The tables that the audit compares with the ledger.
import { db } from "ponder:api";
import { emergency, energyTrade, quote, slotClearing } from "ponder:schema";
import { count, inArray, lte } from "ponder";
import type { Hex } from "viem";
import { type PageRows, placeOf, type RowCounts, type StoredFact } from "./rows.ts";

const keyed = <K, V>(rows: readonly V[], keyOf: (row: V) => K) => new Map(rows.map((row) => [keyOf(row), row]));

/** Asks only where there is something to ask for. */
const among = <T, Row>(keys: readonly T[], find: (keys: T[]) => PromiseLike<Row[]>) =>
  keys.length === 0 ? Promise.resolve([]) : find([...new Set(keys)]);

/** The rows that facts must have made. Under a wrong id none is found, and that is told. */
export async function rowsOf(facts: readonly StoredFact[]): Promise<PageRows> {
  const of = (kind: string) => facts.filter((fact) => fact.kind === kind);
  const buyerOf = ({ fields }: StoredFact) => String((fields as { buyer?: string }).buyer).toLowerCase() as Hex;
  const [trades, clearings, bids, emergencies] = await Promise.all([
    among(
      of("EnergyTradeLogged").map(({ head }) => head),
      (ids) => db.select().from(energyTrade).where(inArray(energyTrade.tradeId, ids)),
    ),
    among(
      of("SlotCleared").map(({ blockNumber }) => blockNumber),
      (blocks) => db.select().from(slotClearing).where(inArray(slotClearing.blockNumber, blocks)),
    ),
    among(of("BidSet").map(buyerOf), (buyers) => db.select().from(quote).where(inArray(quote.address, buyers))),
    among(
      of("EmergencyDeclared").map(({ index }) => index),
      (indexes) => db.select().from(emergency).where(inArray(emergency.index, indexes)),
    ),
  ]);
  return {
    trades: keyed(trades, (row) => row.tradeId),
    clearings: keyed(clearings, placeOf),
    bids: keyed(bids, (row) => row.address),
    emergencies: keyed(emergencies, (row) => row.index),
  };
}

type Condition = ReturnType<typeof lte>;
type Counted = typeof energyTrade | typeof slotClearing | typeof emergency | typeof quote;

async function countOf(table: Counted, where: Condition): Promise<number> {
  const [row] = await db.select({ rows: count() }).from(table).where(where);
  return row?.rows ?? 0;
}

/** Name of the event that some row up to a block claims to come from, though there was none; undefined if all have one. */
export async function rowsWithoutFact(found: RowCounts, blockNumber: number): Promise<string | undefined> {
  const claims: [string, number, Counted, Condition][] = [
    ["EnergyTradeLogged", found.trades, energyTrade, lte(energyTrade.blockNumber, blockNumber)],
    ["SlotCleared", found.clearings, slotClearing, lte(slotClearing.blockNumber, blockNumber)],
    // A bid that was set anew in the meantime left this set, so there can be fewer than were found.
    ["BidSet", found.bids, quote, lte(quote.bidBlockNumber, blockNumber)],
    ["EmergencyDeclared", found.emergencies, emergency, lte(emergency.blockNumber, blockNumber)],
    ["EmergencyEnded", found.emergencyEnds, emergency, lte(emergency.endedBlockNumber, blockNumber)],
  ];
  for (const [eventName, facts, table, upToBlock] of claims) {
    if ((await countOf(table, upToBlock)) > facts) return eventName;
  }
  return undefined;
}

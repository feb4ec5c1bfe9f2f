// The ledger head out of stored fields, with nothing stored being trusted.
import { factFieldsFromJson, foldFact, paymentOf } from "@gridx/contracts";
import { type Hex, zeroHash } from "viem";

export interface StoredFact {
  index: number;
  kind: string;
  fields: unknown;
  head: Hex;
  blockNumber: number;
  blockTimestamp: bigint;
}

/** A trade as its own table has it. */
export interface StoredTrade {
  tradeId: Hex;
  seller: string;
  buyer: string;
  slot: number;
  energyWh: bigint;
  pricePerKwh: bigint;
  payment: bigint;
  feePaid: bigint;
  carbonGrams: bigint;
  blockNumber: number;
  blockTimestamp: bigint;
}

export interface Mismatch {
  index: number;
  eventName: string;
  claimed: Hex;
  computed: Hex;
}

export interface Recomputed {
  head: Hex;
  facts: number;
  trades: number;
  firstMismatch: Mismatch | null;
}

/** Facts in the order of the ledger, and the rows of their trades by trade id. */
export interface LedgerPage {
  facts: readonly StoredFact[];
  trades: ReadonlyMap<string, StoredTrade>;
}

/** Zeros where the fields are none of such an event: no fact makes that head. */
function fold(head: Hex, kind: string, fields: unknown, timestamp: bigint): Hex {
  try {
    const args = factFieldsFromJson(kind, fields as Record<string, unknown>);
    return foldFact(head, { eventName: kind, args, timestamp });
  } catch {
    return zeroHash;
  }
}

/** The id that a trade's row has if its fields are taken for the fact; zeros where they are those of no fact here. */
function tradeIdOf(head: Hex, fact: StoredFact, row: StoredTrade | undefined): Hex {
  if (!row || row.blockNumber !== fact.blockNumber || row.blockTimestamp !== fact.blockTimestamp) return zeroHash;
  const { seller, buyer, slot, energyWh, pricePerKwh, payment, feePaid, carbonGrams } = row;
  if (payment !== paymentOf(energyWh, pricePerKwh)) return zeroHash;
  const numbers = { slot, energyWh, pricePerKwh, feePaid, carbonGrams };
  const fields = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)]));
  return fold(head, fact.kind, { seller, buyer, ...fields }, row.blockTimestamp);
}

/** Folds every fact and names the first whose stored head, place or trade is not what the fields make. */
export async function recompute(start: Hex, pages: AsyncIterable<LedgerPage>): Promise<Recomputed> {
  const result: Recomputed = { head: start, facts: 0, trades: 0, firstMismatch: null };
  for await (const { facts, trades } of pages) {
    for (const fact of facts) {
      const computed = fold(result.head, fact.kind, fact.fields, fact.blockTimestamp);
      const claims = [fact.index === result.facts ? fact.head : zeroHash];
      if (fact.kind === "EnergyTradeLogged") {
        claims.push(tradeIdOf(result.head, fact, trades.get(computed)));
        result.trades += 1;
      }
      const wrong = computed === zeroHash ? fact.head : claims.find((claimed) => claimed !== computed);
      if (wrong !== undefined) {
        result.firstMismatch ??= { index: result.facts, eventName: fact.kind, claimed: wrong, computed };
      }
      result.head = computed;
      result.facts += 1;
    }
  }
  return result;
}

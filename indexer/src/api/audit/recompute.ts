// The ledger head out of stored fields, with nothing stored being trusted.
import { factFieldsFromJson, foldFact } from "@gridx/contracts";
import { type Hex, zeroHash } from "viem";
import { type PageRows, type RowCounts, rowChecker, type StoredFact } from "./rows.ts";

export interface Mismatch {
  index: number;
  eventName: string;
  claimed: Hex;
  computed: Hex;
}

export interface Recomputed {
  head: Hex;
  facts: number;
  rows: RowCounts;
  firstMismatch: Mismatch | null;
}

/** Facts in the order of the ledger, and the rows that they made. */
export interface LedgerPage {
  facts: readonly StoredFact[];
  rows: PageRows;
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

/**
 * Folds every fact and names the first whose stored head or place is not what the fields make (that head is claimed), or
 * whose row elsewhere is not what the fact says (zeros are claimed).
 */
export async function recompute(start: Hex, pages: AsyncIterable<LedgerPage>): Promise<Recomputed> {
  const checker = rowChecker();
  const result: Recomputed = { head: start, facts: 0, rows: checker.counts, firstMismatch: null };
  const badRows = ([fact]: StoredFact[]) => {
    if (!fact) return;
    result.firstMismatch ??= { index: fact.index, eventName: fact.kind, claimed: zeroHash, computed: fact.head };
  };
  for await (const { facts, rows } of pages) {
    for (const fact of facts) {
      const computed = fold(result.head, fact.kind, fact.fields, fact.blockTimestamp);
      const claimed = fact.index === result.facts ? fact.head : zeroHash;
      if (computed === zeroHash || claimed !== computed) {
        const wrong = computed === zeroHash ? fact.head : claimed;
        result.firstMismatch ??= { index: result.facts, eventName: fact.kind, claimed: wrong, computed };
      }
      result.head = computed;
      result.facts += 1;
      // Up to here the facts are proven; what rows must be follows from them.
      if (result.firstMismatch === null) badRows(checker.check(fact, rows));
    }
  }
  if (result.firstMismatch === null) badRows(checker.end());
  return result;
}

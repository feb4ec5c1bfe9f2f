// The stream's view of the rows: where they stand, and what came since an earlier standing.

import { db } from "ponder:api";
import { ledgerFact, readingRejected } from "ponder:schema";
import { initialHead } from "@gridx/contracts";
import { and, asc, gt, gte, lte } from "ponder";
import { deployment } from "../../deployment.ts";
import { lastFact } from "../last-fact.ts";
import { position } from "../position.ts";
import { unavailable } from "../rest/errors.ts";
import { type BlockChange, changesOf, type Standing } from "./changes.ts";

/** Who missed more begins anew: reading all of it would hold up the indexing. */
const MOST_FACTS = 5000;

/** Everything up to the position is told, and nothing that is beyond it yet. */
export async function standing(): Promise<Standing> {
  const { blockNumber, blockTimestamp, live } = await position();
  if (!live) throw unavailable("not_ready", "the chain is still being read for the first time");
  const last = await lastFact(blockNumber);
  return {
    blockNumber,
    blockTimestamp,
    head: last?.head ?? initialHead(deployment),
    facts: last === undefined ? 0 : last.index + 1,
  };
}

/** What changed from one standing to a later one; null where the earlier one is not of this chain, or too long ago. */
export async function changesBetween(from: Standing, to: Standing): Promise<BlockChange[] | null> {
  if (to.blockNumber < from.blockNumber || to.facts < from.facts || to.facts - from.facts > MOST_FACTS) return null;
  if (to.blockNumber === from.blockNumber) {
    return to.head === from.head && to.blockTimestamp === from.blockTimestamp ? [] : null;
  }
  // With the last fact that was told, in one statement: it shows whether the rest continues it.
  const facts = await db
    .select()
    .from(ledgerFact)
    .where(gte(ledgerFact.index, from.facts - 1))
    .orderBy(asc(ledgerFact.index))
    .limit(to.facts - from.facts + 1);
  const before = from.facts === 0 ? { head: initialHead(deployment), blockNumber: 0 } : facts.shift();
  const continues = before?.head === from.head && before.blockNumber <= from.blockNumber;
  const arrives = (facts.slice(0, to.facts - from.facts).at(-1)?.head ?? from.head) === to.head;
  if (!continues || !arrives || facts.some(({ blockNumber }) => blockNumber <= from.blockNumber)) return null;
  const { blockNumber, blockTimestamp, meter } = readingRejected;
  const rejected = await db
    .select({ blockNumber, blockTimestamp, meter })
    .from(readingRejected)
    .where(and(gt(blockNumber, from.blockNumber), lte(blockNumber, to.blockNumber)))
    .limit(MOST_FACTS + 1);
  return rejected.length > MOST_FACTS ? null : changesOf(from, to, facts.slice(0, to.facts - from.facts), rejected);
}

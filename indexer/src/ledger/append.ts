import type { Context } from "ponder:registry";
import { ledgerFact, market } from "ponder:schema";
import { type FactName, factFieldsToJson, factOf, foldFact, initialHead } from "@gridx/contracts";
import { type Hex, zeroAddress } from "viem";
import { deployment } from "../deployment.ts";

/** What a row needs to know of the log that makes it. */
export interface LogEvent {
  block: { number: bigint; timestamp: bigint };
  log: { topics: readonly Hex[]; data: Hex; logIndex: number };
  transaction: { hash: Hex };
}

export function originOf({ block, log, transaction }: LogEvent) {
  return {
    blockNumber: Number(block.number),
    blockTimestamp: block.timestamp,
    transactionHash: transaction.hash,
    logIndex: log.logIndex,
  };
}

/** Before the first fact. The constructor's facts fill in the rules. */
const untouched = {
  contract: deployment.address,
  feeBps: 0,
  tradingWindow: 0,
  shelfDelaySlots: 0,
  membersOnly: false,
  minPrice: 0n,
  maxPrice: 0n,
  treasury: zeroAddress,
  gramsPerMwh: 0,
  emissionSource: "",
  emissionVintage: "",
  clearedSlot: null,
  clearingPrice: null,
  emergency: null,
  facts: 0,
  head: initialHead(deployment),
};

type Rules = Partial<Omit<typeof market.$inferSelect, "contract" | "facts" | "head" | "blockNumber">>;

/** The rules and the ledger before the present event. */
export async function ledgerSoFar(context: Context) {
  return (await context.db.find(market, { contract: deployment.address })) ?? untouched;
}

/**
 * Appends an event to the ledger, with the rules that it changes. Each handler of a fact calls this once: two handlers
 * on one log would have no defined order.
 */
export async function appendFact(context: Context, kind: FactName, event: LogEvent, rules: Rules = {}) {
  const before = await ledgerSoFar(context);
  // From the log itself: its decoded arguments have texts that are mended, and would fold to another head.
  const fact = factOf(event.log, event.block.timestamp);
  if (fact?.eventName !== kind) throw new Error(`${kind} was expected, the log is ${fact?.eventName ?? "no fact"}`);
  const fields = factFieldsToJson(kind, fact.args);
  const head = foldFact(before.head, fact);
  await context.db.insert(ledgerFact).values({ index: before.facts, kind, fields, head, ...originOf(event) });
  const after = { ...rules, facts: before.facts + 1, head, blockNumber: Number(event.block.number) };
  await context.db
    .insert(market)
    .values({ ...untouched, ...after })
    .onConflictDoUpdate(after);
  return fields;
}

// What lists of trades and carbon can be narrowed by.

import { db } from "ponder:api";
import { type carbonTransaction, type energyTrade, type house, ledgerFact, type slotClearing } from "ponder:schema";
import type { Context } from "hono";
import { and, asc, desc, gte, lt, lte, sql } from "ponder";
import type { Address } from "viem";
import { badRequest } from "./errors.ts";
import { addressOf, INT32, type LogKey, wholeOf } from "./input.ts";

/** The last second that has ten digits, in the year 2286. */
const MAX_SECONDS = 9_999_999_999;

export interface Filter {
  wallet: Address | undefined;
  slot: number | undefined;
  /** Blocks from the first to the last of a time; both included. */
  fromBlock: number | undefined;
  toBlock: number | undefined;
}

type LogTable = typeof carbonTransaction | typeof energyTrade | typeof house | typeof slotClearing;

/** What follows a row in a list that is ordered by the place of its logs. */
export function after(
  { blockNumber, logIndex }: Pick<LogTable, "blockNumber" | "logIndex">,
  key: LogKey | undefined,
  first: "newest" | "oldest",
) {
  if (!key) return undefined;
  const follows = first === "newest" ? sql`<` : sql`>`;
  return sql`(${blockNumber}, ${logIndex}) ${follows} (${key[0]}::bigint, ${key[1]}::int)`;
}

/** What is of a filter's time. */
export function within({ blockNumber }: Pick<LogTable, "blockNumber">, { fromBlock, toBlock }: Filter) {
  return and(
    fromBlock === undefined ? undefined : gte(blockNumber, fromBlock),
    toBlock === undefined ? undefined : lte(blockNumber, toBlock),
  );
}

function given(c: Context, field: string, most: number, what: string): number | undefined {
  const text = c.req.query(field);
  return text === undefined ? undefined : wholeOf(text, field, most, what);
}

/** Whatever we list is a fact, and later blocks have later times: facts tell which blocks a time is. */
async function blockOf(edge: "from" | "to", seconds: number | undefined): Promise<number | undefined> {
  if (seconds === undefined) return undefined;
  const { blockTimestamp, blockNumber } = ledgerFact;
  const time = BigInt(seconds);
  const [fact] = await db
    .select({ blockNumber })
    .from(ledgerFact)
    .where(edge === "from" ? gte(blockTimestamp, time) : lt(blockTimestamp, time))
    // Blocks can share a second.
    .orderBy(...[blockTimestamp, blockNumber].map(edge === "from" ? asc : desc))
    .limit(1);
  return fact?.blockNumber ?? (edge === "from" ? Number.MAX_SAFE_INTEGER : -1);
}

/** `from` and `to` in Unix seconds, the first included and the last not. */
export function timesOf(c: Context) {
  const from = given(c, "from", MAX_SECONDS, "Unix seconds");
  const to = given(c, "to", MAX_SECONDS, "Unix seconds");
  if (from !== undefined && to !== undefined && from > to) throw badRequest("from: expected a time not after to");
  return { from, to };
}

/** The times of `timesOf`, `slot`, and `wallet` or the one given. */
export async function filterOf(c: Context, wallet?: Address): Promise<Filter> {
  const named = c.req.query("wallet");
  const slot = given(c, "slot", INT32, "a slot");
  const { from, to } = timesOf(c);
  return {
    wallet: wallet ?? (named === undefined ? undefined : addressOf(named, "wallet")),
    slot,
    fromBlock: await blockOf("from", from),
    toBlock: await blockOf("to", to),
  };
}

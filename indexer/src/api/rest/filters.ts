// What lists of trades and carbon can be narrowed by.

import { db } from "ponder:api";
import { ledgerFact } from "ponder:schema";
import type { Context } from "hono";
import { asc, desc, gte, lt } from "ponder";
import type { Address } from "viem";
import { badRequest } from "./errors.ts";
import { addressOf, INT32 } from "./input.ts";

/** The last second that has ten digits, in the year 2286. */
const MAX_SECONDS = 9_999_999_999;

export interface Filter {
  wallet: Address | undefined;
  slot: number | undefined;
  /** Blocks from the first to the last of a time; both included. */
  fromBlock: number | undefined;
  toBlock: number | undefined;
}

function wholeOf(c: Context, field: string, most: number, what: string): number | undefined {
  const text = c.req.query(field);
  if (text === undefined) return undefined;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= most)) throw badRequest(`${field}: expected ${what} from 0 to ${most}`);
  return value;
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
    .orderBy(edge === "from" ? asc(blockTimestamp) : desc(blockTimestamp))
    .limit(1);
  return fact?.blockNumber ?? (edge === "from" ? Number.MAX_SAFE_INTEGER : -1);
}

/** `from` and `to` in Unix seconds, the first included and the last not, `slot`, and `wallet` or the one given. */
export async function filterOf(c: Context, wallet?: Address): Promise<Filter> {
  const named = c.req.query("wallet");
  const slot = wholeOf(c, "slot", INT32, "a slot");
  const from = wholeOf(c, "from", MAX_SECONDS, "Unix seconds");
  const to = wholeOf(c, "to", MAX_SECONDS, "Unix seconds");
  if (from !== undefined && to !== undefined && from > to) throw badRequest("from: expected a time not after to");
  return {
    wallet: wallet ?? (named === undefined ? undefined : addressOf(named, "wallet")),
    slot,
    fromBlock: await blockOf("from", from),
    toBlock: await blockOf("to", to),
  };
}

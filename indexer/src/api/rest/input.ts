// What callers give: parameters, page sizes, cursors.
import type { Context } from "hono";
import { type Address, type Hex, isAddress } from "viem";
import { z } from "zod";
import { badRequest } from "./errors.ts";

export const MAX_LIMIT = 200;
export const DEFAULT_LIMIT = 50;

const lower = <T extends Hex>(text: string) => text.toLowerCase() as T;

/** An address of any case, in lower case as the tables have it. */
export function addressOf(text: string, field: string): Address {
  if (!isAddress(text, { strict: false })) throw badRequest(`${field}: expected an address, 0x and 40 hex digits`);
  return lower(text);
}

export function hashOf(text: string, field: string): Hex {
  if (!/^0x[0-9a-fA-F]{64}$/.test(text)) throw badRequest(`${field}: expected a hash, 0x and 64 hex digits`);
  return lower(text);
}

export function wholeOf(text: string, field: string, most: number, what: string): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= most)) throw badRequest(`${field}: expected ${what} from 0 to ${most}`);
  return value;
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAX_LIMIT) throw badRequest(`limit: expected an integer from 1 to ${MAX_LIMIT}`);
  return limit;
}

/** The values that a list is ordered by, of the last row of a page. */
type Key = readonly (string | number)[];

const encodeCursor = (key: Key) => Buffer.from(JSON.stringify(key)).toString("base64url");

function decodeCursor<T extends z.ZodType>(text: string, schema: T): z.output<T> {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    json = undefined;
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw badRequest("cursor: expected the nextCursor of an earlier page of this list, unchanged");
  return parsed.data;
}

/** Page size and, from the second page on, the key after which it begins. */
export function pageQuery<T extends z.ZodType>(c: Context, schema: T) {
  const cursor = c.req.query("cursor");
  return {
    limit: limitOf(c.req.query("limit")),
    after: cursor === undefined ? undefined : decodeCursor(cursor, schema),
  };
}

/** Makes a page of at most `limit` out of the `limit + 1` rows that were asked for. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  present: (row: Row, position: number) => Item,
  keyOf: (row: Row, position: number) => Key,
) {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(keyOf(last, page.length - 1)) : null;
  return { items: page.map(present), nextCursor };
}

export const INT32 = 2 ** 31 - 1;
const count = z.number().int().min(0).max(INT32);
const block = z.number().int().nonnegative();
const hexAddress = z.string().regex(/^0x[0-9a-f]{40}$/);
const decimal = z.string().regex(/^\d{1,78}$/);

/** Keys of our lists. */
export const keys = {
  /** Place of a log: block and index in it. */
  log: z.tuple([block, count]),
  address: z.tuple([hexAddress]),
  slot: z.tuple([count]),
  /** Ask, seller, slot. */
  lot: z.tuple([decimal, hexAddress, count]),
  /** Bid, address. */
  bid: z.tuple([decimal, hexAddress]),
  /** Carbon earned, address, rank. */
  leader: z.tuple([decimal, hexAddress, count]),
};

/** Block and index in it. */
export type LogKey = z.output<typeof keys.log>;

// Lists by carbon earned, the most first: one order, one cursor, and a rank that goes on from page to page.
import { type PgColumn, sql } from "ponder";
import type { z } from "zod";
import { type keys, pageOf } from "./input.ts";

type LeaderKey = z.output<typeof keys.leader>;

/** What comes after the last row of the page before. */
export const behindLeader = (
  grams: PgColumn | ReturnType<typeof sql>,
  address: PgColumn,
  after: LeaderKey | undefined,
) => after && sql`${grams} <= ${after[0]}::numeric and (${grams} < ${after[0]}::numeric or ${address} > ${after[1]})`;

export function leaderPage<Row, Item>(
  rows: readonly Row[],
  { limit, after }: { limit: number; after: LeaderKey | undefined },
  present: (row: Row) => Item,
  keyOf: (row: Row) => readonly [grams: string, address: string],
) {
  const rankOf = (place: number) => (after?.[2] ?? 0) + place + 1;
  return pageOf(
    rows,
    limit,
    (row, place) => ({ ...present(row), rank: rankOf(place) }),
    (row, place) => [...keyOf(row), rankOf(place)],
  );
}

// Who has avoided most by the energy of some days.
import { db } from "ponder:api";
import { dayAccount } from "ponder:schema";
import { type Context, Hono } from "hono";
import { and, asc, desc, gt, gte, lt, sql } from "ponder";
import { getAddress } from "viem";
import { answer } from "./envelope.ts";
import { badRequest } from "./errors.ts";
import { timesOf } from "./filters.ts";
import { keys, pageQuery } from "./input.ts";
import { behindLeader, leaderPage } from "./leaders.ts";
import { SECONDS_PER_DAY } from "./present-market.ts";

/** Every account of every day is read: a month of a large community is some ten thousand rows. */
const MOST_DAYS = 31;

/** Days that begin at `from` or later and before `to`; by default the newest ones, as many as can be asked for. */
function daysOf(c: Context) {
  const { from, to } = timesOf(c);
  const now = c.get("reached")?.blockTimestamp ?? 0;
  const end = Math.ceil((to ?? now + 1) / SECONDS_PER_DAY);
  const first = from === undefined ? end - MOST_DAYS : Math.ceil(from / SECONDS_PER_DAY);
  if (end - first > MOST_DAYS) throw badRequest(`from: expected at most ${MOST_DAYS} days before to`);
  return { first, end };
}

export const periodLeaderRoutes = new Hono().get("/leaderboard/days", async (c) => {
  const page = pageQuery(c, keys.leader);
  const { first, end } = daysOf(c);
  const { address, day, purchases, carbonGrams, boughtWh } = dayAccount;
  const grams = sql<string>`sum(${carbonGrams})`;
  const rows = await db
    .select({ address, grams, boughtWh: sql<string>`sum(${boughtWh})` })
    .from(dayAccount)
    .where(and(gte(day, first), lt(day, end), gt(purchases, 0)))
    .groupBy(address)
    .having(behindLeader(grams, address, page.after))
    .orderBy(desc(grams), asc(address))
    .limit(page.limit + 1);
  return answer(
    c,
    leaderPage(
      rows,
      page,
      (row) => ({ address: getAddress(row.address), earnedGrams: row.grams, boughtWh: row.boughtWh }),
      (row) => [row.grams, row.address],
    ),
  );
});

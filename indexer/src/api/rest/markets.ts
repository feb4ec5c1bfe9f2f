// Totals of trades by slot and by day, newest first.
import { db } from "ponder:api";
import { dayMarket, slotMarket } from "ponder:schema";
import { type Context, Hono } from "hono";
import { and, desc, gte, lt } from "ponder";
import { deployment } from "../../deployment.ts";
import { answer } from "./envelope.ts";
import { timesOf } from "./filters.ts";
import { keys, pageOf, pageQuery } from "./input.ts";
import { presentDayMarket, presentSlotMarket, SECONDS_PER_DAY } from "./present-market.ts";

/** Periods that begin at `from` or later and before `to`, and before the last one of the page before. */
function rangeOf(c: Context, seconds: number) {
  const { limit, after } = pageQuery(c, keys.slot);
  const { from, to } = timesOf(c);
  const first = Math.ceil((from ?? 0) / seconds);
  const end = to === undefined ? undefined : Math.ceil(to / seconds);
  const ends = [...(end === undefined ? [] : [end]), ...(after ? [after[0]] : [])];
  return { limit, first, end: ends.length === 0 ? undefined : Math.min(...ends) };
}

export const marketsRoutes = new Hono()
  .get("/markets/slots", async (c) => {
    const { limit, first, end } = rangeOf(c, deployment.slotDuration);
    const { slot } = slotMarket;
    const rows = await db
      .select()
      .from(slotMarket)
      .where(and(gte(slot, first), end === undefined ? undefined : lt(slot, end)))
      .orderBy(desc(slot))
      .limit(limit + 1);
    return answer(
      c,
      pageOf(rows, limit, presentSlotMarket, (row) => [row.slot]),
    );
  })
  .get("/markets/days", async (c) => {
    const { limit, first, end } = rangeOf(c, SECONDS_PER_DAY);
    const { day } = dayMarket;
    const rows = await db
      .select()
      .from(dayMarket)
      .where(and(gte(day, first), end === undefined ? undefined : lt(day, end)))
      .orderBy(desc(day))
      .limit(limit + 1);
    return answer(
      c,
      pageOf(rows, limit, presentDayMarket, (row) => [row.day]),
    );
  });

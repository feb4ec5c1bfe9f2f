import { db } from "ponder:api";
import { fillSkipped, slotClearing } from "ponder:schema";
import { Hono } from "hono";
import { and, asc, desc, eq, sql } from "ponder";
import { answer } from "./envelope.ts";
import { badRequest } from "./errors.ts";
import { INT32, keys, pageOf, pageQuery } from "./input.ts";
import { presentClearing, presentSkipped } from "./present-clearing.ts";

function slotOf(text: string): number {
  const slot = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(slot <= INT32)) throw badRequest(`slot: expected a slot from 0 to ${INT32}`);
  return slot;
}

export const clearingRoutes = new Hono()
  .get("/clearings", async (c) => {
    const { limit, after } = pageQuery(c, keys.log);
    const { blockNumber, logIndex } = slotClearing;
    const rows = await db
      .select()
      .from(slotClearing)
      .where(and(after && sql`(${blockNumber}, ${logIndex}) < (${after[0]}::bigint, ${after[1]}::int)`))
      .orderBy(desc(blockNumber), desc(logIndex))
      .limit(limit + 1);
    return answer(
      c,
      pageOf(rows, limit, presentClearing, (row) => [row.blockNumber, row.logIndex]),
    );
  })
  .get("/clearings/:slot", async (c) => {
    const slot = slotOf(c.req.param("slot"));
    const clearings = await db
      .select()
      .from(slotClearing)
      .where(eq(slotClearing.slot, slot))
      .orderBy(asc(slotClearing.blockNumber), asc(slotClearing.logIndex));
    const skipped = await db
      .select()
      .from(fillSkipped)
      .where(eq(fillSkipped.slot, slot))
      .orderBy(asc(fillSkipped.blockNumber), asc(fillSkipped.logIndex));
    return answer(c, { slot, clearings: clearings.map(presentClearing), skipped: skipped.map(presentSkipped) });
  });

import { db } from "ponder:api";
import { fillSkipped, slotClearing } from "ponder:schema";
import { Hono } from "hono";
import { asc, desc, eq } from "ponder";
import { answer } from "./envelope.ts";
import { after } from "./filters.ts";
import { INT32, keys, pageOf, pageQuery, wholeOf } from "./input.ts";
import { presentClearing, presentSkipped } from "./present-clearing.ts";

export const clearingRoutes = new Hono()
  .get("/clearings", async (c) => {
    const { limit, after: last } = pageQuery(c, keys.log);
    const { blockNumber, logIndex } = slotClearing;
    const rows = await db
      .select()
      .from(slotClearing)
      .where(after(slotClearing, last, "newest"))
      .orderBy(desc(blockNumber), desc(logIndex))
      .limit(limit + 1);
    return answer(
      c,
      pageOf(rows, limit, presentClearing, (row) => [row.blockNumber, row.logIndex]),
    );
  })
  .get("/clearings/:slot", async (c) => {
    const slot = wholeOf(c.req.param("slot"), "slot", INT32, "a slot");
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

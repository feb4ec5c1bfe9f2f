import { db } from "ponder:api";
import { quote } from "ponder:schema";
import { Hono } from "hono";
import { and, asc, desc, gt, sql } from "ponder";
import { answer } from "./envelope.ts";
import { keys, pageOf, pageQuery } from "./input.ts";
import { presentBid } from "./present.ts";

export const bidRoutes = new Hono().get("/bids", async (c) => {
  const { limit, after } = pageQuery(c, keys.bid);
  const rows = await db
    .select()
    .from(quote)
    .where(
      and(
        gt(quote.bid, 0n),
        gt(quote.bidWh, 0n),
        after &&
          sql`${quote.bid} <= ${after[0]}::numeric and (${quote.bid} < ${after[0]}::numeric or ${quote.address} > ${after[1]})`,
      ),
    )
    .orderBy(desc(quote.bid), asc(quote.address))
    .limit(limit + 1);
  return answer(
    c,
    pageOf(rows, limit, presentBid, (row) => [String(row.bid), row.address]),
  );
});

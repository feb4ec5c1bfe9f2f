import { db } from "ponder:api";
import { energyTrade } from "ponder:schema";
import { Hono } from "hono";
import { and, desc, eq, sql } from "ponder";
import { answer } from "./envelope.ts";
import { addressOf, keys, pageOf, pageQuery } from "./input.ts";
import { presentTrade } from "./present.ts";

type TradeRow = typeof energyTrade.$inferSelect;

const keyOf = (row: TradeRow) => [row.blockNumber, row.logIndex];
const newestFirst = (a: TradeRow, b: TradeRow) => b.blockNumber - a.blockNumber || b.logIndex - a.logIndex;

function newest(where: ReturnType<typeof eq> | undefined, after: readonly [number, number] | undefined, limit: number) {
  return db
    .select()
    .from(energyTrade)
    .where(
      and(
        where,
        after && sql`(${energyTrade.blockNumber}, ${energyTrade.logIndex}) < (${after[0]}::bigint, ${after[1]}::int)`,
      ),
    )
    .orderBy(desc(energyTrade.blockNumber), desc(energyTrade.logIndex))
    .limit(limit + 1);
}

export const tradeRoutes = new Hono()
  .get("/energy-trades", async (c) => {
    const { limit, after } = pageQuery(c, keys.log);
    return answer(c, pageOf(await newest(undefined, after, limit), limit, presentTrade, keyOf));
  })
  .get("/energy-trades/user/:address", async (c) => {
    const user = addressOf(c.req.param("address"), "address");
    const { limit, after } = pageQuery(c, keys.log);
    // Two walks of an index each; nobody trades with themselves, so no row is in both.
    const bought = await newest(eq(energyTrade.buyer, user), after, limit);
    const sold = await newest(eq(energyTrade.seller, user), after, limit);
    const rows = [...bought, ...sold].sort(newestFirst);
    return answer(c, pageOf(rows, limit, presentTrade, keyOf));
  });

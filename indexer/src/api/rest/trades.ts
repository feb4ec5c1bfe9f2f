import { db } from "ponder:api";
import { energyTrade } from "ponder:schema";
import { type Context, Hono } from "hono";
import { and, desc, eq, unionAll } from "ponder";
import type { Address } from "viem";
import { deployment } from "../../deployment.ts";
import { answerCsv, type Columns } from "./csv.ts";
import { answer } from "./envelope.ts";
import { after, type Filter, filterOf, within } from "./filters.ts";
import { addressOf, keys, type LogKey, pageOf, pageQuery } from "./input.ts";
import { presentTrade } from "./present.ts";

type TradeRow = typeof energyTrade.$inferSelect;

const keyOf = (row: TradeRow): LogKey => [row.blockNumber, row.logIndex];

function walk(side: ReturnType<typeof eq> | undefined, filter: Filter, last: LogKey | undefined, limit: number) {
  return db
    .select()
    .from(energyTrade)
    .where(
      and(
        side,
        filter.slot === undefined ? undefined : eq(energyTrade.slot, filter.slot),
        within(energyTrade, filter),
        after(energyTrade, last, "newest"),
      ),
    )
    .orderBy(desc(energyTrade.blockNumber), desc(energyTrade.logIndex))
    .limit(limit);
}

/** Newest first. */
async function newest(filter: Filter, last: LogKey | undefined, limit: number): Promise<TradeRow[]> {
  const { wallet } = filter;
  if (wallet === undefined) return walk(undefined, filter, last, limit);
  // Two walks of an index each; nobody trades with themselves, so no row is in both.
  const bought = walk(eq(energyTrade.buyer, wallet), filter, last, limit);
  const sold = walk(eq(energyTrade.seller, wallet), filter, last, limit);
  return unionAll(bought, sold).orderBy(desc(energyTrade.blockNumber), desc(energyTrade.logIndex)).limit(limit);
}

async function list(c: Context, wallet?: Address) {
  const { limit, after: last } = pageQuery(c, keys.log);
  return answer(c, pageOf(await newest(await filterOf(c, wallet), last, limit + 1), limit, presentTrade, keyOf));
}

const unit = `1e-${deployment.tokenDecimals} ${deployment.tokenSymbol}`;

const columns: Columns<ReturnType<typeof presentTrade>> = [
  ["time (UTC)", (trade) => new Date(trade.blockTimestamp * 1000).toISOString()],
  ["slot", (trade) => trade.slot],
  ["slot start (UTC)", (trade) => new Date(trade.slot * deployment.slotDuration * 1000).toISOString()],
  ["seller", (trade) => trade.seller],
  ["buyer", (trade) => trade.buyer],
  ["energy (Wh)", (trade) => trade.energyWh],
  [`price per kWh (${unit})`, (trade) => trade.pricePerKwh],
  [`payment to seller (${unit})`, (trade) => trade.payment],
  [`grid fee (${unit})`, (trade) => trade.feePaid],
  ["avoided emissions (g CO2e)", (trade) => trade.carbonGrams],
  ["cleared", (trade) => String(trade.cleared)],
  ["block", (trade) => trade.blockNumber],
  ["log index", (trade) => trade.logIndex],
  ["transaction", (trade) => trade.transactionHash],
  ["trade id", (trade) => trade.tradeId],
];

export const tradeRoutes = new Hono()
  .get("/energy-trades", (c) => list(c))
  .get("/energy-trades.csv", async (c) => {
    const filter = await filterOf(c);
    return answerCsv(c, "energy-trades", columns, async (last, limit) =>
      (await newest(filter, last && [last.blockNumber, last.logIndex], limit)).map(presentTrade),
    );
  })
  .get("/energy-trades/user/:address", (c) => list(c, addressOf(c.req.param("address"), "address")));

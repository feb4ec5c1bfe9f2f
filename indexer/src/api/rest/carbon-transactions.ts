import { db } from "ponder:api";
import { carbonTransaction, energyTrade } from "ponder:schema";
import { type Context, Hono } from "hono";
import { and, desc, eq, inArray } from "ponder";
import type { Address } from "viem";
import { answerCsv, type Columns } from "./csv.ts";
import { answer } from "./envelope.ts";
import { after, type Filter, filterOf, within } from "./filters.ts";
import { addressOf, keys, type LogKey, pageOf, pageQuery } from "./input.ts";
import { presentCarbonTransaction } from "./present.ts";

/** Newest first. A slot is that of the trade which earned; what was spent has none. */
function newest(filter: Filter, last: LogKey | undefined, limit: number) {
  const { wallet, slot } = filter;
  const { blockNumber, logIndex, address, id } = carbonTransaction;
  const ofSlot = db
    .select({ id: energyTrade.tradeId })
    .from(energyTrade)
    .where(eq(energyTrade.slot, slot ?? 0));
  return db
    .select()
    .from(carbonTransaction)
    .where(
      and(
        wallet === undefined ? undefined : eq(address, wallet),
        slot === undefined ? undefined : inArray(id, ofSlot),
        within(carbonTransaction, filter),
        after(carbonTransaction, last, "newest"),
      ),
    )
    .orderBy(desc(blockNumber), desc(logIndex))
    .limit(limit);
}

async function list(c: Context, wallet?: Address) {
  const { limit, after: last } = pageQuery(c, keys.log);
  const rows = await newest(await filterOf(c, wallet), last, limit + 1);
  return answer(
    c,
    pageOf(rows, limit, presentCarbonTransaction, (row) => [row.blockNumber, row.logIndex]),
  );
}

const columns: Columns<ReturnType<typeof presentCarbonTransaction>> = [
  ["time (UTC)", (row) => new Date(row.blockTimestamp * 1000).toISOString()],
  ["wallet", (row) => row.address],
  ["kind", (row) => row.kind],
  ["carbon (g CO2e)", (row) => row.grams],
  ["trade id", (row) => row.tradeId],
  ["beneficiary", (row) => row.beneficiary],
  ["reason", (row) => row.reason],
  ["block", (row) => row.blockNumber],
  ["log index", (row) => row.logIndex],
  ["transaction", (row) => row.transactionHash],
  ["id", (row) => row.id],
];

export const carbonTransactionRoutes = new Hono()
  .get("/carbon-transactions", (c) => list(c))
  .get("/carbon-transactions.csv", async (c) => {
    const filter = await filterOf(c);
    return answerCsv(c, "carbon-transactions", columns, async (last, limit) =>
      (await newest(filter, last && [last.blockNumber, last.logIndex], limit)).map(presentCarbonTransaction),
    );
  })
  .get("/carbon-wallet/:address/transactions", (c) => list(c, addressOf(c.req.param("address"), "address")));

import { db } from "ponder:api";
import { energyTrade } from "ponder:schema";
import { Hono } from "hono";
import { asc, eq } from "ponder";
import { type Hex, TransactionNotFoundError, TransactionReceiptNotFoundError } from "viem";
import { ask, position } from "../position.ts";
import { answer } from "./envelope.ts";
import { hashOf } from "./input.ts";
import { presentTrade } from "./present.ts";

/** What the chain says of a transaction; null where it does not know it. */
async function lookUp(hash: Hex): Promise<{ blockNumber: number | null; reverted: boolean } | null> {
  return ask(async (client) => {
    try {
      const receipt = await client.getTransactionReceipt({ hash });
      return { blockNumber: Number(receipt.blockNumber), reverted: receipt.status === "reverted" };
    } catch (error) {
      if (!(error instanceof TransactionReceiptNotFoundError)) throw error;
    }
    try {
      await client.getTransaction({ hash });
      return { blockNumber: null, reverted: false };
    } catch (error) {
      if (error instanceof TransactionNotFoundError) return null;
      throw error;
    }
  });
}

export const transactionRoutes = new Hono().get("/blockchain/tx/:hash", async (c) => {
  const hash = hashOf(c.req.param("hash"), "hash");
  const found = await lookUp(hash);
  if (!found) return answer(c, { hash, status: "unknown", blockNumber: null, trades: [] });
  const { blockNumber, reverted } = found;
  if (blockNumber === null) return answer(c, { hash, status: "pending", blockNumber, trades: [] });
  if (reverted) return answer(c, { hash, status: "reverted", blockNumber, trades: [] });
  // The position before the rows: rows of a block that it has reached are there.
  const reached = await position();
  if (reached.blockNumber < blockNumber) return answer(c, { hash, status: "confirmed", blockNumber, trades: [] });
  const trades = await db
    .select()
    .from(energyTrade)
    .where(eq(energyTrade.transactionHash, hash))
    .orderBy(asc(energyTrade.logIndex));
  return answer(c, { hash, status: "indexed", blockNumber, trades: trades.map(presentTrade) });
});

import { db } from "ponder:api";
import { energyTrade, ledgerFact } from "ponder:schema";
import { factOf } from "@gridx/contracts";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { asc, eq } from "ponder";
import {
  type Hex,
  isAddressEqual,
  TransactionNotFoundError,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from "viem";
import { z } from "zod";
import { deployment } from "../../deployment.ts";
import { ask } from "../position.ts";
import { answer, freshPosition } from "./envelope.ts";
import { badRequest, tooLarge } from "./errors.ts";
import { hashOf } from "./input.ts";
import { presentTrade } from "./present.ts";

/** What the chain says of a transaction; null where it does not know it. */
async function lookUp(hash: Hex): Promise<TransactionReceipt | "pending" | null> {
  return ask(async (client) => {
    try {
      return await client.getTransactionReceipt({ hash });
    } catch (error) {
      if (!(error instanceof TransactionReceiptNotFoundError)) throw error;
    }
    try {
      await client.getTransaction({ hash });
      return "pending";
    } catch (error) {
      if (error instanceof TransactionNotFoundError) return null;
      throw error;
    }
  });
}

/**
 * Are the rows those of this receipt? The position alone does not tell: it may be that of an abandoned fork. A trade's
 * id commits to the whole ledger before it.
 */
async function isIndexed(c: Context, receipt: TransactionReceipt): Promise<boolean> {
  // The position before the rows: rows of a block that it has reached are there.
  const reached = await freshPosition(c);
  if (reached.blockNumber < Number(receipt.blockNumber)) return false;
  const rows = await db.select().from(ledgerFact).where(eq(ledgerFact.transactionHash, receipt.transactionHash));
  const logs = receipt.logs.filter(({ address }) => isAddressEqual(address, deployment.address));
  const facts = logs.flatMap((log) => {
    const fact = factOf(log, 0n);
    return fact ? [{ ...fact, logIndex: log.logIndex }] : [];
  });
  return (
    rows.length === facts.length &&
    facts.every(({ logIndex, args }) => {
      const row = rows.find((candidate) => candidate.logIndex === logIndex);
      if (row?.blockNumber !== Number(receipt.blockNumber)) return false;
      return args.tradeId === undefined || args.tradeId === row.head;
    })
  );
}

async function answerTransaction(c: Context, hash: Hex) {
  const found = await lookUp(hash);
  if (!found) return answer(c, { hash, status: "unknown", blockNumber: null, trades: [] });
  if (found === "pending") return answer(c, { hash, status: "pending", blockNumber: null, trades: [] });
  const blockNumber = Number(found.blockNumber);
  if (found.status === "reverted") return answer(c, { hash, status: "reverted", blockNumber, trades: [] });
  if (!(await isIndexed(c, found))) return answer(c, { hash, status: "confirmed", blockNumber, trades: [] });
  const trades = await db
    .select()
    .from(energyTrade)
    .where(eq(energyTrade.transactionHash, hash))
    .orderBy(asc(energyTrade.logIndex));
  return answer(c, { hash, status: "indexed", blockNumber, trades: trades.map(presentTrade) });
}

const MAX_BODY_BYTES = 1024;
const bodySchema = z.object({ transactionHash: z.string() });

const limitBody = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: () => {
    throw tooLarge(`the body has at most ${MAX_BODY_BYTES} bytes`);
  },
});

export const transactionRoutes = new Hono()
  .get("/blockchain/tx/:hash", (c) => answerTransaction(c, hashOf(c.req.param("hash"), "hash")))
  // Writes nothing: a trade is made by its transaction alone.
  .post("/energy-trades", limitBody, async (c) => {
    const body = bodySchema.safeParse(await c.req.json().catch(() => null));
    if (!body.success) throw badRequest('transactionHash: expected a JSON body { "transactionHash": "0x…" }');
    return answerTransaction(c, hashOf(body.data.transactionHash, "transactionHash"));
  });

// Where the indexer stands, and the chain that it stands on.

import { db } from "ponder:api";
import { gridxAbi } from "@gridx/contracts";
import { sql } from "ponder";
import { createPublicClient, fallback, type Hex, http, type PublicClient } from "viem";
import { z } from "zod";
import { deployment, rpcUrls } from "../deployment.ts";
import { unavailable } from "./rest/errors.ts";

/**
 * Not Ponder's own client: that one retries for minutes, and a caller waits here. It reads no cached block number
 * either, so that an answer is never older than its question.
 */
export const chain: PublicClient = createPublicClient({
  transport: fallback(rpcUrls.map((url) => http(url, { timeout: 5000, retryCount: 1 }))),
  cacheTime: 0,
});

export interface Position {
  blockNumber: number;
  blockTimestamp: number;
  /** The block up to which no reorganisation is expected any more; rows up to it stay. */
  safeBlockNumber: number;
  /** Everything up to the chain's head was indexed once; live since. */
  live: boolean;
}

const checkpoint = z.string().length(75);
const positionRow = z.object({
  latest_checkpoint: checkpoint,
  safe_checkpoint: checkpoint,
  is_ready: z.coerce.number(),
});

/**
 * The block up to which everything is indexed. Ponder writes it after that block's rows, also where the block has none,
 * as one text of digits: time (10), chain (16), block (16) and what comes within the block. When it starts again it
 * takes the rows back to the safe block, and by our patch this text with them.
 *
 * It is a height and says nothing of the fork. While a chain reorganises it keeps naming the old fork's block until
 * the first new block is indexed, and a new block of the same height looks reached. Whoever needs to know the fork
 * compares ledger heads, or the rows of a transaction with its receipt.
 */
export function position(): Promise<Position> {
  // Who asks while the answer is on its way shares it: it was read before whatever they read next.
  reading ??= readPosition().finally(() => {
    reading = undefined;
  });
  return reading;
}

/** The same, or one that was read a moment ago: what is read from now on is not older than that either. */
export async function recentPosition(): Promise<Position> {
  return last && Date.now() - last.at <= RECENT_MS ? last.position : position();
}

const RECENT_MS = 100;

let reading: Promise<Position> | undefined;
let last: { at: number; position: Position } | undefined;

const blockOf = (checkpointText: string) => Number(checkpointText.slice(26, 42));

/** Read now, shared with nobody who asked before. */
export async function readPosition(): Promise<Position> {
  const at = Date.now();
  const { rows } = await db.execute(
    sql`select latest_checkpoint, safe_checkpoint, (select value->>'is_ready' from "_ponder_meta" limit 1) as is_ready
        from "_ponder_checkpoint" limit 1`,
  );
  const row = positionRow.safeParse(rows[0]);
  if (!row.success) throw unavailable("not_ready", "nothing is indexed yet");
  const text = row.data.latest_checkpoint;
  const read = {
    blockTimestamp: Number(text.slice(0, 10)),
    blockNumber: blockOf(text),
    safeBlockNumber: blockOf(row.data.safe_checkpoint),
    live: row.data.is_ready === 1,
  };
  last = { at, position: read };
  return read;
}

/** Asks the chain; an RPC that fails is said to be unavailable. */
export async function ask<T>(question: (client: PublicClient) => Promise<T>): Promise<T> {
  try {
    return await question(chain);
  } catch (error) {
    console.warn(`the chain's RPC did not answer: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
    throw unavailable("chain_unavailable", "the chain's RPC did not answer");
  }
}

/** The contract's ledger head after a block of the RPC's chain. */
export function headOnChain(blockNumber: number): Promise<Hex> {
  const head = { abi: gridxAbi, address: deployment.address, functionName: "head" } as const;
  return ask((client) => client.readContract({ ...head, blockNumber: BigInt(blockNumber) }));
}

import { db } from "ponder:api";
import { market } from "ponder:schema";
import { Hono } from "hono";
import { deployment } from "../../deployment.ts";
import { audit } from "../audit/audit.ts";
import { ask, position } from "../position.ts";
import { answer, unavailable } from "./envelope.ts";

/** Blocks that may be missing while the answers still count as current. */
export const MAX_BLOCKS_BEHIND = 10;

/** Hash of a block of the RPC's chain, null where it has no such block. */
async function blockHash(blockNumber: number): Promise<string | null> {
  return ask(async (client) => {
    const latest = await client.getBlockNumber();
    if (latest < BigInt(blockNumber)) return null;
    return (await client.getBlock({ blockNumber: BigInt(blockNumber) })).hash;
  });
}

export const statusRoutes = new Hono()
  .get("/audit", async (c) => answer(c, await audit()))
  .get("/ready", async (c) => {
    const reached = await position();
    const [chainId, latest] = await ask((client) => Promise.all([client.getChainId(), client.getBlockNumber()]));
    if (chainId !== deployment.chainId) {
      throw unavailable("wrong_chain", `the RPC serves chain ${chainId}, indexed is ${deployment.chainId}`);
    }
    const [row] = await db.select().from(market).limit(1);
    if (!reached.live || !row) throw unavailable("not_ready", "the chain is still being read for the first time");
    // The block of the latest fact; only the chain that was indexed has it under that hash.
    if ((await blockHash(row.blockNumber)) !== row.blockHash) {
      throw unavailable("wrong_chain", "the RPC serves another chain than the one that was indexed");
    }
    const behind = Number(latest) - reached.blockNumber;
    if (behind > MAX_BLOCKS_BEHIND) {
      throw unavailable("behind", `${behind} blocks behind the chain; at most ${MAX_BLOCKS_BEHIND} count as current`);
    }
    return answer(c, { blockNumber: reached.blockNumber, blockTimestamp: reached.blockTimestamp, behind });
  });

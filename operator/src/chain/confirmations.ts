import type { Deployment } from "@gridx/contracts";
import { z } from "zod";
import { latestBlock, type Rpc, RpcError } from "./rpc.ts";

export const LOCAL_CHAIN = 31337;
/** About two minutes on Polygon, beyond which a block there is not expected to be replaced. */
export const CONFIRMATIONS = 64;

/**
 * When what a transaction did counts as settled: once the chain itself calls its block final (on Polygon by a milestone of
 * its validators, within seconds, PIP-11; a block below one is not replaced), or so many blocks deep, its own included.
 */
export type Depth = number | "finalized";

/** By default one block on a local chain, which has no other finality, and the chain's own word elsewhere. */
export function confirmationsOf({ chainId }: Pick<Deployment, "chainId">, wanted?: Depth): Depth {
  const depth = wanted ?? (chainId === LOCAL_CHAIN ? 1 : "finalized");
  if (depth !== "finalized" && !(depth >= 1)) throw new Error(`at least one confirmation is needed, not ${depth}`);
  return depth;
}

const finalSchema = z
  .object({
    number: z
      .string()
      .regex(/^0x[0-9a-f]+$/i)
      .transform(Number),
  })
  .nullable();

/** The newest block that the chain calls final; null where it calls none so. */
export async function finalBlock(rpc: Rpc): Promise<number | null> {
  return finalSchema.parse(await rpc.call("eth_getBlockByNumber", "finalized", false))?.number ?? null;
}

/** What lies in this block or before it counts as settled; -1 where nothing does. */
export async function settledHeight(rpc: Rpc, depth: Depth): Promise<number> {
  if (depth !== "finalized") return (await latestBlock(rpc)).number - depth + 1;
  const block = await finalBlock(rpc).catch((error: unknown) => {
    if (!(error instanceof RpcError && error.answered)) throw error;
    throw new Error(
      `the RPC does not tell which block is final (${error.message}); use another, or --confirmations <blocks>`,
    );
  });
  return block ?? -1;
}

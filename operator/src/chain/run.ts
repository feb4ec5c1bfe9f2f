import type { Deployment } from "@gridx/contracts";
import { z } from "zod";
import { LOCAL_CHAIN } from "./confirmations.ts";
import { hex, type Rpc } from "./rpc.ts";

/**
 * Folder of what belongs to one contract. A contract of a local chain may stand where another run's stood; a public one
 * stands alone.
 */
export async function runOf(rpc: Rpc, { chainId, address, runId, startBlock }: Deployment): Promise<string> {
  if (runId !== undefined) return `run-${runId}`;
  if (chainId !== LOCAL_CHAIN) return `${chainId}-${address.toLowerCase()}`;
  const block = z.object({ hash: z.string() }).parse(await rpc.call("eth_getBlockByNumber", hex(startBlock), false));
  return `${chainId}-${block.hash.slice(2, 14)}`;
}

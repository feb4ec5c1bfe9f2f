// The chain's clock, asked without any library: it is wanted before a wallet is.
import { z } from "zod/mini";

export interface ChainBlock {
  number: number;
  /** Unix seconds. */
  timestamp: number;
}

const quantity = z.pipe(z.string().check(z.regex(/^0x[0-9a-f]{1,13}$/i)), z.transform(Number));
const answer = z.object({ result: z.object({ number: quantity, timestamp: quantity }) });

export async function latestBlock(rpcUrl: string, signal?: AbortSignal): Promise<ChainBlock> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_getBlockByNumber", params: ["latest", false] });
  const headers = { "content-type": "application/json" };
  const response = await fetch(rpcUrl, { method: "POST", headers, body, signal });
  const parsed = answer.safeParse(await response.json());
  if (!parsed.success) throw new Error("the RPC gave no block");
  return parsed.data.result;
}

// JSON-RPC in batches: putting a week of slots on a local chain must not wait for a round trip per transaction.
import { gridxAbi } from "@gridx/contracts";
import { decodeErrorResult, type Hex } from "viem";
import { z } from "zod";

export interface RpcCall {
  method: string;
  params?: readonly unknown[];
}

/** What an RPC said was wrong with a call. */
export class RpcError extends Error {
  readonly method: string;

  constructor(method: string, message: string, data?: unknown) {
    super(`${method}: ${revertReason(data) ?? message}`);
    this.name = "RpcError";
    this.method = method;
  }
}

/** Name of the contract's error in the data of a failed call. */
function revertReason(data: unknown): string | null {
  if (typeof data !== "string" || !/^0x[0-9a-f]{8}/.test(data)) return null;
  try {
    const { errorName, args } = decodeErrorResult({ abi: gridxAbi, data: data as Hex });
    return `reverted with ${errorName}(${(args ?? []).join(", ")})`;
  } catch {
    return null;
  }
}

const answerSchema = z.object({
  id: z.number(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string(), data: z.unknown().optional() }).nullish(),
});

export interface Rpc {
  /** All answers in the order of the calls; throws the first error among them. */
  batch(calls: readonly RpcCall[]): Promise<unknown[]>;
  /** As `batch`, with each error in its place instead of a throw. */
  settle(calls: readonly RpcCall[]): Promise<unknown[]>;
  call(method: string, ...params: unknown[]): Promise<unknown>;
}

const bigintAsHex = (_: string, value: unknown): unknown =>
  typeof value === "bigint" ? `0x${value.toString(16)}` : value;

export function createRpc(
  url: string,
  { timeout = 30_000, signal }: { timeout?: number; signal?: AbortSignal } = {},
): Rpc {
  const settle = async (calls: readonly RpcCall[]): Promise<unknown[]> => {
    if (calls.length === 0) return [];
    const body = calls.map(({ method, params = [] }, id) => ({ jsonrpc: "2.0", id, method, params }));
    const signals = [AbortSignal.timeout(timeout), ...(signal ? [signal] : [])];
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body.length === 1 ? body[0] : body, bigintAsHex),
      signal: AbortSignal.any(signals),
    });
    if (!response.ok) throw new RpcError(calls[0]?.method ?? "batch", `HTTP ${response.status}`);
    const answers = z.array(answerSchema).parse([await response.json()].flat());
    const results: unknown[] = calls.map(({ method }) => new RpcError(method, "no answer"));
    for (const { id, result, error } of answers) {
      results[id] = error ? new RpcError(calls[id]?.method ?? "?", error.message, error.data) : result;
    }
    return results;
  };
  const batch = async (calls: readonly RpcCall[]): Promise<unknown[]> => {
    const results = await settle(calls);
    for (const result of results) if (result instanceof RpcError) throw result;
    return results;
  };
  return { batch, settle, call: async (method, ...params) => (await batch([{ method, params }]))[0] };
}

const hex = z.string().regex(/^0x[0-9a-f]*$/i);
const quantity = hex.transform((text) => BigInt(text));

export const blockSchema = z.object({
  number: quantity.transform(Number),
  hash: hex,
  timestamp: quantity.transform(Number),
  baseFeePerGas: quantity.nullish(),
});
export type Block = z.output<typeof blockSchema>;

export const logSchema = z.object({
  address: hex.transform((text) => text.toLowerCase() as `0x${string}`),
  topics: z.array(hex.transform((text) => text as `0x${string}`)),
  data: hex.transform((text) => text as `0x${string}`),
  blockNumber: quantity,
  transactionHash: hex.transform((text) => text as `0x${string}`),
  logIndex: quantity.transform(Number),
});
export type ChainLog = z.output<typeof logSchema>;

export const receiptSchema = z.object({
  transactionHash: hex.transform((text) => text as `0x${string}`),
  blockNumber: quantity.transform(Number),
  status: quantity.transform((status) => status === 1n),
  gasUsed: quantity,
  logs: z.array(logSchema),
});
export type Receipt = z.output<typeof receiptSchema>;

export async function latestBlock(rpc: Rpc): Promise<Block> {
  return blockSchema.parse(await rpc.call("eth_getBlockByNumber", "latest", false));
}

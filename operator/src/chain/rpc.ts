// JSON-RPC in batches: putting a week of slots on a local chain must not wait for a round trip per transaction.
import { gridxAbi } from "@gridx/contracts";
import { type Abi, type Address, decodeErrorResult, decodeFunctionResult, encodeFunctionData, type Hex } from "viem";
import { z } from "zod";

export interface RpcCall {
  method: string;
  params?: readonly unknown[];
}

/** What an RPC said was wrong with a call. */
export class RpcError extends Error {
  readonly method: string;
  /** Whether the node itself said so; otherwise it may have done what it was asked. */
  readonly answered: boolean;

  constructor(
    method: string,
    message: string,
    { data, answered = false }: { data?: unknown; answered?: boolean } = {},
  ) {
    super(`${method}: ${revertReason(data) ?? message}`);
    this.name = "RpcError";
    this.method = method;
    this.answered = answered;
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

/** A number as the RPC writes it. */
export const hex = (value: number | bigint): Hex => `0x${value.toString(16)}`;

const bigintAsHex = (_: string, value: unknown): unknown => (typeof value === "bigint" ? hex(value) : value);

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
      const { method } = calls[id] ?? { method: "?" };
      results[id] = error ? new RpcError(method, error.message, { data: error.data, answered: true }) : result;
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

const hexText = z.string().regex(/^0x[0-9a-f]*$/i);
const hexData = hexText.transform((text) => text as Hex);
const quantity = hexText.transform((text) => BigInt(text));

export const blockSchema = z.object({
  number: quantity.transform(Number),
  hash: hexText,
  timestamp: quantity.transform(Number),
  baseFeePerGas: quantity.nullish(),
});
export type Block = z.output<typeof blockSchema>;

export const logSchema = z.object({
  address: hexText.transform((text) => text.toLowerCase() as Hex),
  topics: z.array(hexData),
  data: hexData,
  blockNumber: quantity,
  transactionHash: hexData,
  logIndex: quantity.transform(Number),
});
export type ChainLog = z.output<typeof logSchema>;

export const receiptSchema = z.object({
  transactionHash: hexData,
  blockNumber: quantity.transform(Number),
  status: quantity.transform((status) => status === 1n),
  gasUsed: quantity,
  logs: z.array(logSchema),
});
export type Receipt = z.output<typeof receiptSchema>;

export async function latestBlock(rpc: Rpc): Promise<Block> {
  return blockSchema.parse(await rpc.call("eth_getBlockByNumber", "latest", false));
}

/** A question to a contract, which changes nothing. */
export interface View {
  to: Address;
  abi: Abi;
  functionName: string;
  args?: readonly unknown[];
}

/** What contracts answer at one block, in the order of the questions. */
export async function view(rpc: Rpc, views: readonly View[], block: number | "latest" = "latest"): Promise<unknown[]> {
  const tag = block === "latest" ? block : hex(block);
  const calls = views.map(({ to, ...call }) => ({
    method: "eth_call",
    params: [{ to, data: encodeFunctionData(call) }, tag],
  }));
  const results = await rpc.batch(calls);
  return views.map((call, index) => decodeFunctionResult({ ...call, data: hexData.parse(results[index]) }));
}

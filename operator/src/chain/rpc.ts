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
  /** Whether it is a contract that refused, whatever the node tells of its reason. */
  readonly reverted: boolean;
  /** The contract's error, where the node passes it on. */
  readonly errorName: string | null;

  constructor(
    method: string,
    message: string,
    { data, answered = false }: { data?: unknown; answered?: boolean } = {},
  ) {
    const reason = revertReason(data);
    super(`${method}: ${reason ? `reverted with ${reason.errorName}(${reason.args.join(", ")})` : message}`);
    this.name = "RpcError";
    this.method = method;
    this.answered = answered;
    this.reverted = answered && (reason !== null || /revert/i.test(message));
    this.errorName = reason?.errorName ?? null;
  }
}

/** The contract's error in the data of a failed call; some nodes wrap it in a word or an object. */
function revertReason(data: unknown): { errorName: string; args: readonly unknown[] } | null {
  const text = typeof data === "object" && data !== null && "data" in data ? data.data : data;
  const bytes = typeof text === "string" ? /0x[0-9a-f]{8,}/i.exec(text)?.[0] : undefined;
  if (bytes === undefined) return null;
  try {
    const { errorName, args = [] } = decodeErrorResult({ abi: gridxAbi, data: bytes as Hex });
    return { errorName, args };
  } catch {
    return null;
  }
}

/** Calls in one request, unless the node wants fewer. */
const MOST_CALLS = 400;
/** What a node says by HTTP that does not take as many calls at a time. */
const TOO_MUCH: ReadonlySet<number> = new Set([400, 413, 422]);

/** A request that was refused as a whole. */
class BatchRefused extends RpcError {}

const answerSchema = z.object({
  /** null where the node refuses all that was sent: too many calls at a time, say. */
  id: z.number().nullish(),
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
  let most = MOST_CALLS;
  const post = async (calls: readonly RpcCall[]): Promise<unknown[]> => {
    const body = calls.map(({ method, params = [] }, id) => ({ jsonrpc: "2.0", id, method, params }));
    const signals = [AbortSignal.timeout(timeout), ...(signal ? [signal] : [])];
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body.length === 1 ? body[0] : body, bigintAsHex),
      signal: AbortSignal.any(signals),
    });
    const method = calls[0]?.method ?? "batch";
    if (!response.ok) {
      const said = `HTTP ${response.status} ${(await response.text()).slice(0, 200)}`.trim();
      throw TOO_MUCH.has(response.status) ? new BatchRefused(method, said) : new RpcError(method, said);
    }
    const answers = z.array(answerSchema).parse([await response.json()].flat());
    const results: unknown[] = calls.map(({ method }) => new RpcError(method, "no answer"));
    for (const { id, result, error } of answers) {
      if (typeof id !== "number") throw new BatchRefused(method, error?.message ?? "an answer without an id");
      const { method: asked } = calls[id] ?? { method: "?" };
      results[id] = error ? new RpcError(asked, error.message, { data: error.data, answered: true }) : result;
    }
    return results;
  };
  const settle = async (calls: readonly RpcCall[]): Promise<unknown[]> => {
    const results: unknown[] = [];
    while (results.length < calls.length) {
      const some = calls.slice(results.length, results.length + most);
      try {
        results.push(...(await post(some)));
      } catch (error) {
        // Nothing of a refused batch was done. The node is asked for no more than it takes from then on.
        if (!(error instanceof BatchRefused) || some.length === 1) throw error;
        most = Math.ceil(some.length / 2);
      }
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
  hash: hexData,
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
  blockHash: hexData,
  status: quantity.transform((status) => status === 1n),
  gasUsed: quantity,
  /** Not every node says it. */
  effectiveGasPrice: quantity.nullish(),
  logs: z.array(logSchema),
});
export type Receipt = z.output<typeof receiptSchema>;

/** Receipts of transactions, in order; null for one that is not mined. */
export async function receiptsOf(rpc: Rpc, transactions: readonly { hash: Hex }[]): Promise<(Receipt | null)[]> {
  const calls = transactions.map(({ hash }) => ({ method: "eth_getTransactionReceipt", params: [hash] }));
  return (await rpc.batch(calls)).map((result) => receiptSchema.nullable().parse(result));
}

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
export async function view(
  rpc: Pick<Rpc, "batch">,
  views: readonly View[],
  block: number | "latest" = "latest",
): Promise<unknown[]> {
  const tag = block === "latest" ? block : hex(block);
  const calls = views.map(({ to, ...call }) => ({
    method: "eth_call",
    params: [{ to, data: encodeFunctionData(call) }, tag],
  }));
  const results = await rpc.batch(calls);
  return views.map((call, index) => decodeFunctionResult({ ...call, data: hexData.parse(results[index]) }));
}

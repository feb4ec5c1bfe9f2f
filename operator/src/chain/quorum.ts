// Several RPCs as one. What decides about money counts only if enough of them answer alike; a transaction goes to the first
// that takes it. A node that is behind, or down, is no contradiction; one that says something else is, and is named.
import type { Hex } from "viem";
import { z } from "zod";
import { blockSchema, createRpc, hex, logSchema, type Rpc, type RpcCall, RpcError, receiptSchema } from "./rpc.ts";

export interface PoolOptions {
  /** Equal answers that are enough. */
  quorum: number;
  timeout?: number;
  signal?: AbortSignal;
  /** One of them contradicts the others, and enough agree all the same; or none agree. */
  onDissent?: ((message: string) => void) | undefined;
}

/** Enough to outvote the rest: 1 of 1, 2 of 2, 2 of 3, 3 of 4. */
export const majority = (count: number): number => Math.floor(count / 2) + 1;

/** Where an RPC is, without what may be a secret in its path. */
export const nameOf = (url: string, index: number): string => `RPC ${index + 1} (${new URL(url).host})`;

/** Of these nothing is counted: the first answer serves. A wrong one costs time, or a fee below the ceiling. */
const ANY: ReadonlySet<string> = new Set([
  "eth_sendRawTransaction",
  "eth_estimateGas",
  "eth_maxPriorityFeePerGas",
  "eth_gasPrice",
  "web3_clientVersion",
]);
/** A node that was down is left alone for so long, where enough others are there: waiting for it would hold up all. */
const REST_MILLISECONDS = 30_000;
const TIMEOUT_MILLISECONDS = 10_000;
/** Tags that each node understands by its own head; they are made a number that enough of them have. */
const TAGS: ReadonlySet<unknown> = new Set(["latest", "finalized", "safe"]);

const headSchema = z.object({ number: z.string().regex(/^0x[0-9a-f]+$/i) });

/** Not every node says what a transaction paid for gas; the hash of a block stands for all that is in it. */
const COMPARED: Readonly<Record<string, z.ZodType>> = {
  eth_getTransactionReceipt: receiptSchema.omit({ effectiveGasPrice: true }),
  eth_getLogs: z.array(logSchema),
  eth_getBlockByNumber: blockSchema.omit({ baseFeePerGas: true }),
};

/** What is compared of an answer: what is used of it, so that a node may say more than another. */
function comparable(method: string, result: unknown): string {
  if (result instanceof RpcError) return `reverted ${result.errorName ?? ""}`;
  const parsed = (COMPARED[method] ?? z.unknown()).parse(result);
  return JSON.stringify(parsed, (_, value: unknown) =>
    typeof value === "bigint" ? value.toString() : typeof value === "string" ? value.toLowerCase() : value,
  );
}

/** An answer of a node that can't tell: it lags, has forgotten, or refuses so much. */
const isAbsent = (result: unknown): boolean =>
  result instanceof Error && !(result instanceof RpcError && result.reverted);

export class NoQuorum extends Error {}

/** The RPCs of a list, as one. */
export function createPool(urls: readonly string[], { quorum, timeout, signal, onDissent }: PoolOptions): Rpc {
  if (quorum < 1 || quorum > urls.length)
    throw new Error(`a quorum of ${urls.length} RPCs is 1 to ${urls.length}, not ${quorum}`);
  const options = { timeout: timeout ?? TIMEOUT_MILLISECONDS, ...(signal && { signal }) };
  const nodes = urls.map((url, index) => ({ name: nameOf(url, index), rpc: createRpc(url, options), restsUntil: 0 }));
  const [only] = nodes;
  if (nodes.length === 1 && only) return createRpc(urls[0] ?? "", signal ? { signal } : {});
  type Node = (typeof nodes)[number];

  /** What a node answers; an error in each place where it can't be asked, and then it may rest. */
  async function ask(node: Node, calls: readonly RpcCall[]): Promise<unknown[]> {
    try {
      return await node.rpc.settle(calls);
    } catch (cause) {
      signal?.throwIfAborted();
      const why = cause instanceof Error ? cause.message : String(cause);
      if (!(cause instanceof RpcError && cause.answered)) node.restsUntil = Date.now() + REST_MILLISECONDS;
      return calls.map(({ method }) => new RpcError(method, `${node.name}: ${why}`));
    }
  }

  /** Each node's answers. */
  function askAll(calls: readonly RpcCall[]): Promise<unknown[][]> {
    const awake = nodes.filter(({ restsUntil }) => restsUntil <= Date.now());
    const asked = new Set(awake.length >= quorum ? awake : nodes);
    const resting = ({ name }: Node) => calls.map(({ method }) => new RpcError(method, `${name} was down just now`));
    return Promise.all(nodes.map(async (node) => (asked.has(node) ? ask(node, calls) : resting(node))));
  }

  const short = (text: string): string => (text.length > 120 ? `${text.slice(0, 117)}...` : text);

  /** The answer that enough nodes give to a call; an error where none is. */
  function agreed({ method }: RpcCall, answers: readonly unknown[]): unknown {
    const groups = new Map<string, { result: unknown; names: string[] }>();
    const absent: Error[] = [];
    let empty = 0;
    for (const [index, result] of answers.entries()) {
      const name = nodes[index]?.name ?? "?";
      if (result instanceof Error && isAbsent(result)) absent.push(result);
      // Not there, or not there yet.
      else if (result === null) empty += 1;
      else {
        let text: string;
        try {
          text = comparable(method, result);
        } catch {
          absent.push(new RpcError(method, `${name} answers with nothing that can be read`));
          continue;
        }
        const group = groups.get(text) ?? { result, names: [] };
        group.names.push(name);
        groups.set(text, group);
      }
    }
    const sides = [...groups].sort(([, a], [, b]) => b.names.length - a.names.length);
    const [first, second] = sides;
    const tell = () => sides.map(([text, { names }]) => `${names.join(", ")}: ${short(text)}`).join("; ");
    if (first && first[1].names.length >= quorum && first[1].names.length > (second?.[1].names.length ?? 0)) {
      if (second) onDissent?.(`RPCs disagree on ${method}: ${tell()}`);
      return first[1].result;
    }
    if (second) {
      const message = `RPCs disagree on ${method}, and fewer than ${quorum} agree: ${tell()}`;
      onDissent?.(message);
      return new NoQuorum(message);
    }
    if (empty > 0 && empty + (first?.[1].names.length ?? 0) >= quorum) return null;
    // What a node refuses may be asked in another way; what the network loses may be asked again.
    const refusal = absent.find((error) => error instanceof RpcError && error.answered);
    if (refusal) return refusal;
    const few = `${method}: ${nodes.length - absent.length} of ${nodes.length} RPCs answer, ${quorum} are needed`;
    return new NoQuorum(`${few}: ${absent.map(({ message }) => message).join("; ")}`);
  }

  /** The newest block, or the newest that is final, that enough nodes have and agree on. */
  async function blockOf(tag: unknown): Promise<unknown> {
    const call = { method: "eth_getBlockByNumber", params: [tag, false] };
    const heads = (await askAll([call])).map(([head]) => head);
    const numbers = heads.flatMap((head) => {
      const parsed = headSchema.safeParse(head);
      return parsed.success ? [Number(parsed.data.number)] : [];
    });
    const reached = numbers.sort((a, b) => b - a)[quorum - 1];
    if (reached === undefined) {
      const why = heads.find((head) => head instanceof Error);
      const few = `${call.method} ${String(tag)}: ${numbers.length} of ${nodes.length} RPCs answer, ${quorum} are needed`;
      throw new NoQuorum(why instanceof Error ? `${few}: ${why.message}` : few);
    }
    const block = { method: call.method, params: [hex(reached), false] };
    const answer = agreed(
      block,
      (await askAll([block])).map(([one]) => one),
    );
    if (answer instanceof Error) throw answer;
    return answer;
  }

  /** The call with tags made numbers. */
  async function pinned(calls: readonly RpcCall[]): Promise<RpcCall[]> {
    const numbers = new Map<unknown, Hex>();
    const numberOf = async (tag: unknown): Promise<Hex> => {
      const known = numbers.get(tag) ?? (headSchema.parse(await blockOf(tag)).number as Hex);
      numbers.set(tag, known);
      return known;
    };
    const made: RpcCall[] = [];
    for (const call of calls) {
      const params: unknown[] = [];
      for (const param of call.params ?? []) params.push(TAGS.has(param) ? await numberOf(param) : param);
      made.push({ method: call.method, params });
    }
    return made;
  }

  /** The first answer: of a node that is not down, in the order of the list. */
  async function firstOf(call: RpcCall): Promise<unknown> {
    let failure: unknown;
    let mayHaveArrived: unknown;
    const now = Date.now();
    const order = [...nodes].sort((a, b) => Number(a.restsUntil > now) - Number(b.restsUntil > now));
    for (const node of order) {
      const [result] = await ask(node, [call]);
      if (!(result instanceof Error)) return result;
      if (result instanceof RpcError && result.answered) {
        // Where an answer was lost before, the refusal of the next one says nothing about the first.
        if (!mayHaveArrived) return result;
        failure = result;
      } else mayHaveArrived = result;
      signal?.throwIfAborted();
    }
    return call.method === "eth_sendRawTransaction" ? (mayHaveArrived ?? failure) : (failure ?? mayHaveArrived);
  }

  async function settle(calls: readonly RpcCall[]): Promise<unknown[]> {
    const results: unknown[] = new Array(calls.length);
    const counted: { call: RpcCall; index: number }[] = [];
    for (const [index, call] of calls.entries()) {
      if (ANY.has(call.method)) results[index] = await firstOf(call);
      else if (call.method === "eth_getBlockByNumber" && TAGS.has(call.params?.[0]))
        results[index] = await blockOf(call.params?.[0]).catch((error: unknown) => error);
      else counted.push({ call, index });
    }
    if (counted.length === 0) return results;
    const asked = await pinned(counted.map(({ call }) => call));
    const answers = await askAll(asked);
    for (const [place, { call, index }] of counted.entries())
      results[index] = agreed(
        call,
        answers.map((list) => list[place]),
      );
    return results;
  }
  const batch = async (calls: readonly RpcCall[]): Promise<unknown[]> => {
    const results = await settle(calls);
    for (const result of results) if (result instanceof Error) throw result;
    return results;
  };
  return { batch, settle, call: async (method, ...params) => (await batch([{ method, params }]))[0] };
}

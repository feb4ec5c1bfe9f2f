// An RPC in front of another one that changes lists of logs, limits their ranges and counts requests, as a test says.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Hex } from "viem";

export interface ListedLog {
  address: Hex;
  topics: Hex[];
  data: Hex;
  blockNumber: Hex;
  logIndex: Hex;
  transactionHash: Hex;
  blockTimestamp?: Hex;
}

interface Call {
  id: number;
  method: string;
  params: [{ fromBlock?: Hex; toBlock?: Hex }, ...unknown[]];
}

export interface AlteringRpc {
  url: string;
  /** Changes what is listed for a range. */
  alter: (logs: ListedLog[]) => ListedLog[];
  /** Blocks that a range of logs may span. */
  widest: number;
  /** HTTP 429 for every so many requests; 0 for none. */
  refuseEach: number;
  /** Calls in one request, at most. */
  largestBatch: number;
  /** Whether old states are forgotten. */
  forgetful: boolean;
  /** Whether there is no code in forgotten states, as some nodes have it. */
  codeless: boolean;
  requests: number;
  methods: Map<string, number>;
  close(): Promise<void>;
}

export async function alteringRpc(target: string): Promise<AlteringRpc> {
  const forward = async (body: unknown): Promise<unknown> => {
    const headers = { "content-type": "application/json" };
    return (await fetch(target, { method: "POST", headers, body: JSON.stringify(body) })).json();
  };
  const refusal = (id: number, message: string) => ({ jsonrpc: "2.0", id, error: { code: -32005, message } });
  async function answer(call: Call, latest: Hex): Promise<unknown> {
    proxy.methods.set(call.method, (proxy.methods.get(call.method) ?? 0) + 1);
    const [, tag] = call.params ?? [];
    if (proxy.forgetful && (call.method === "eth_call" || call.method === "eth_getCode") && tag !== latest)
      return refusal(call.id, "missing trie node");
    if (proxy.codeless && call.method === "eth_getCode" && Number(tag) < Number(latest) - 10)
      return { jsonrpc: "2.0", id: call.id, result: "0x" };
    if (call.method !== "eth_getLogs") return forward(call);
    const { fromBlock = "0x0", toBlock = "0x0" } = call.params[0];
    if (Number(toBlock) - Number(fromBlock) + 1 > proxy.widest) return refusal(call.id, "block range is too wide");
    const { result, ...rest } = (await forward(call)) as { result: ListedLog[] };
    return { ...rest, result: proxy.alter(result) };
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      proxy.requests += 1;
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Call | Call[];
      if (proxy.refuseEach > 0 && proxy.requests % proxy.refuseEach === 0) return response.writeHead(429).end();
      const calls = [body].flat();
      if (calls.length > proxy.largestBatch) {
        const { id } = calls[0] ?? { id: 0 };
        return response.end(JSON.stringify([refusal(id, "batch is too large")]));
      }
      const number = { jsonrpc: "2.0", id: 0, method: "eth_blockNumber", params: [] };
      const { result: latest } = (await forward(number)) as { result: Hex };
      const answers = await Promise.all(calls.map((call) => answer(call, latest)));
      response.end(JSON.stringify(Array.isArray(body) ? answers : answers[0]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: AlteringRpc = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    alter: (logs) => logs,
    widest: Number.POSITIVE_INFINITY,
    refuseEach: 0,
    largestBatch: Number.POSITIVE_INFINITY,
    forgetful: false,
    codeless: false,
    requests: 0,
    methods: new Map(),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return proxy;
}

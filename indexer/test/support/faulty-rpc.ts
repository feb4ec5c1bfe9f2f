// An RPC in front of the chain's that fails, stalls, lags, or leaves out events, as a test says.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Hex } from "viem";
import { pause } from "./indexer.ts";

interface Call {
  id: number;
  method: string;
  params?: unknown[];
}

interface Answer {
  id: number;
  result?: unknown;
  error?: unknown;
}

export interface FaultyRpc {
  url: string;
  /** Which request fails, and so how. */
  fails: () => "drop" | "lose" | "status" | "refuse" | null;
  /** Milliseconds before an answer. */
  stalls: number;
  /** Blocks by which the newest one is hidden. */
  lag: number;
  /** Ranges of logs come back empty. */
  silent: boolean;
  /** Faults so far. */
  faults: number;
  close(): Promise<void>;
}

export async function faultyRpc(target: string): Promise<FaultyRpc> {
  const forward = async (body: unknown) => {
    const headers = { "content-type": "application/json" };
    return (await fetch(target, { method: "POST", headers, body: JSON.stringify(body) })).json();
  };
  const latestShown = async () => {
    const { result } = (await forward({ jsonrpc: "2.0", id: 1, method: "eth_blockNumber", params: [] })) as {
      result: Hex;
    };
    return Math.max(0, Number(result) - rpc.lag);
  };

  /** As a node answers that has not heard of the newest blocks. */
  async function lagging(call: Call): Promise<Answer> {
    const latest = await latestShown();
    const hex = `0x${latest.toString(16)}`;
    if (call.method === "eth_blockNumber") return { id: call.id, result: hex };
    const params = (call.params ?? []).map((value) => (value === "latest" ? hex : value));
    const answer = (await forward({ ...call, params })) as Answer;
    const { result } = answer;
    const number = result !== null && typeof result === "object" && "number" in result ? Number(result.number) : 0;
    return call.method.startsWith("eth_getBlock") && number > latest ? { ...answer, result: null } : answer;
  }

  async function answer(call: Call): Promise<Answer> {
    const given = rpc.lag > 0 ? await lagging(call) : ((await forward(call)) as Answer);
    if (!rpc.silent || call.method !== "eth_getLogs") return given;
    const [filter] = (call.params ?? []) as { blockHash?: Hex }[];
    if (filter?.blockHash !== undefined || !Array.isArray(given.result) || given.result.length === 0) return given;
    rpc.faults += 1;
    return { ...given, result: [] };
  }

  async function handle(body: string, response: ServerResponse) {
    const calls = [JSON.parse(body) as Call | Call[]].flat();
    const whole = (answers: Answer[]) =>
      JSON.stringify(body.startsWith("[") ? answers : answers[0]).replace(/^\{(?!"jsonrpc)/, '{"jsonrpc":"2.0",');
    const fault = rpc.fails();
    if (fault) rpc.faults += 1;
    if (rpc.stalls > 0) await pause(rpc.stalls);
    if (fault === "drop") return response.destroy();
    if (fault === "status") return response.writeHead(503).end("busy");
    if (fault === "refuse") {
      return response.end(whole(calls.map(({ id }) => ({ id, error: { code: -32005, message: "rate limited" } }))));
    }
    const answers = await Promise.all(calls.map(answer));
    return fault === "lose" ? response.destroy() : response.end(whole(answers));
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      response.setHeader("content-type", "application/json");
      handle(Buffer.concat(chunks).toString(), response).catch(() => response.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const rpc: FaultyRpc = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fails: () => null,
    stalls: 0,
    lag: 0,
    silent: false,
    faults: 0,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return rpc;
}

// An RPC in front of another one, which loses requests and answers as a test says.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * `drop`: the request never arrives; `lose`: it does, but its answer is lost; `fail`: HTTP 503; `refuse`: a JSON-RPC
 * error.
 */
export type Fault = "drop" | "lose" | "fail" | "refuse" | null;

export interface FlakyRpc {
  url: string;
  /** Decides what happens to a request by its methods. */
  fault: (methods: string[]) => Fault;
  /** Work to do before a request goes on. */
  before: (methods: string[]) => Promise<unknown>;
  /** Faults so far. */
  faults: number;
  /** Changes what a call's answer says: a node that lies, or lags. */
  alter: (method: string, params: readonly unknown[], result: unknown) => unknown;
  /** What `refuse` says. */
  refusal: string;
  close(): Promise<void>;
}

const forward = async (target: string, body: string): Promise<string> =>
  (await fetch(target, { method: "POST", headers: { "content-type": "application/json" }, body })).text();

interface Call {
  id: number;
  method: string;
  params?: unknown[];
}

export async function flakyRpc(target: string): Promise<FlakyRpc> {
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      const body = Buffer.concat(chunks).toString();
      const calls = [JSON.parse(body)].flat() as Call[];
      const methods = calls.map(({ method }) => method);
      const fault = proxy.fault(methods);
      await proxy.before(methods);
      if (fault) proxy.faults += 1;
      if (fault === "drop") return request.socket.destroy();
      if (fault === "fail") return response.writeHead(503).end();
      if (fault === "refuse") {
        const errors = calls.map(({ id }) => ({ jsonrpc: "2.0", id, error: { code: -32000, message: proxy.refusal } }));
        return response.end(JSON.stringify(body.startsWith("[") ? errors : errors[0]));
      }
      const text = await forward(target, body).catch(() => null);
      if (fault === "lose" || text === null) return request.socket.destroy();
      response.writeHead(200, { "content-type": "application/json" }).end(altered(text, calls));
    });
  });
  function altered(text: string, calls: readonly Call[]): string {
    const answers = JSON.parse(text) as { id: number; result?: unknown } | { id: number; result?: unknown }[];
    for (const answer of [answers].flat()) {
      const call = calls.find(({ id }) => id === answer.id);
      if (call && "result" in answer) answer.result = proxy.alter(call.method, call.params ?? [], answer.result);
    }
    return JSON.stringify(answers);
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: FlakyRpc = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: () => null,
    before: async () => {},
    faults: 0,
    alter: (_method, _params, result) => result,
    refusal: "busy",
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return proxy;
}

// Stands between a reader and a real RPC, and refuses, forgets or lies as it is told.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Call {
  id: number;
  method: string;
  params: unknown[];
}

export interface Behaviour {
  /** Refuses a request as a whole. */
  status?(calls: readonly Call[]): number | null;
  /** Refuses a call. */
  refuse?(call: Call): string | null;
  /** Alters what the RPC answered to a call. */
  alter?(call: Call, result: unknown): unknown;
}

export async function startProxy(rpcUrl: string, behaviour: Behaviour) {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Call | Call[];
    const calls = [body].flat();
    const status = behaviour.status?.(calls);
    if (status) {
      response.writeHead(status).end("no");
      return;
    }
    const answers = await Promise.all(
      calls.map(async (call) => {
        const message = behaviour.refuse?.(call);
        if (message) return { jsonrpc: "2.0", id: call.id, error: { code: -32000, message } };
        const answer = await fetch(rpcUrl, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(call),
        });
        const said = (await answer.json()) as { result?: unknown };
        return behaviour.alter && "result" in said ? { ...said, result: behaviour.alter(call, said.result) } : said;
      }),
    );
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(Array.isArray(body) ? answers : answers[0]));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, stop: () => server.close() };
}

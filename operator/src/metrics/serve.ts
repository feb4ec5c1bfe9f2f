import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";
import type { MetricsConfig } from "../config.ts";

export interface MetricsServer {
  url: string;
  close(): Promise<void>;
}

/** `GET /metrics` for Prometheus and `GET /health`, which says that the process answers. */
export async function serveMetrics(registry: Registry, { host, port }: MetricsConfig): Promise<MetricsServer> {
  const server = createServer(async (request, response) => {
    const path = request.url?.split("?")[0];
    if (request.method !== "GET" && request.method !== "HEAD") return response.writeHead(405, { allow: "GET" }).end();
    if (path === "/health") return response.writeHead(200, { "content-type": "text/plain" }).end("ok\n");
    if (path !== "/metrics") return response.writeHead(404).end();
    try {
      const text = await registry.metrics();
      response.writeHead(200, { "content-type": registry.contentType, "cache-control": "no-store" }).end(text);
    } catch {
      response.writeHead(500).end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(new Error(`METRICS_PORT: cannot listen on ${host}:${port} (${cause.code ?? cause.message})`, { cause })),
    );
    server.listen(port, host, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${actual}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

// How Vite serves the page: with its configuration, and with the headers that go with it.
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import compression from "compression";
import type { Connect, Plugin } from "vite";
import { z } from "zod";
import { pageHeaders } from "./policy.ts";

type Next = () => void;

/** What the headers need of it; the page checks all of it. */
const hostsSchema = z.object({
  rpcUrl: z.url(),
  indexerUrl: z.url(),
  forecastUrl: z.url(),
  sentryDsn: z.url().optional(),
});

function readConfig(): Buffer {
  const path = process.env.GRIDX_SITE_CONFIG;
  if (!path) throw new Error("GRIDX_SITE_CONFIG names no file");
  return readFileSync(path);
}

/** Serves `/gridx.json` from the file that GRIDX_SITE_CONFIG names, read anew for each request. */
function serveConfig(request: IncomingMessage, response: ServerResponse, next: Next): void {
  if (request.url?.split("?")[0] !== "/gridx.json") {
    next();
    return;
  }
  response.setHeader("content-type", "application/json");
  response.setHeader("cache-control", "no-store");
  try {
    response.end(readConfig());
  } catch (cause) {
    response.statusCode = 404;
    response.end(JSON.stringify({ error: cause instanceof Error ? cause.message : String(cause) }));
  }
}

/** A page whose configuration can't be read says so itself, and may talk to nobody. */
function addHeaders(walletConnect: boolean) {
  return (_: IncomingMessage, response: ServerResponse, next: Next): void => {
    const nowhere = { rpcUrl: "http://127.0.0.1", indexerUrl: "http://127.0.0.1", forecastUrl: "http://127.0.0.1" };
    let hosts: z.infer<typeof hostsSchema> = nowhere;
    try {
      const parsed = hostsSchema.safeParse(JSON.parse(readConfig().toString()));
      if (parsed.success) hosts = parsed.data;
    } catch {
      // Said by the page.
    }
    for (const [name, value] of Object.entries(pageHeaders(hosts, { walletConnect }))) response.setHeader(name, value);
    next();
  };
}

/** While it is developed the page needs inline scripts and a web socket, so only what is built has the headers. */
export function site({ walletConnect }: { walletConnect: boolean }): Plugin {
  return {
    name: "gridx-site",
    configureServer: (server) => void server.middlewares.use(serveConfig),
    configurePreviewServer({ middlewares }) {
      middlewares.use(compression() as unknown as Connect.NextHandleFunction);
      middlewares.use(addHeaders(walletConnect));
      middlewares.use(serveConfig);
    },
  };
}

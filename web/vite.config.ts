import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv, type Plugin } from "vite";
import { messages } from "./vite/messages.ts";

/** Serves `/gridx.json` from the file that GRIDX_SITE_CONFIG names, read anew for each request. */
function siteConfig(): Plugin {
  const serve = (request: IncomingMessage, response: ServerResponse, next: () => void) => {
    if (request.url?.split("?")[0] !== "/gridx.json") return next();
    const path = process.env.GRIDX_SITE_CONFIG;
    response.setHeader("content-type", "application/json");
    response.setHeader("cache-control", "no-store");
    try {
      if (!path) throw new Error("GRIDX_SITE_CONFIG names no file");
      response.end(readFileSync(path));
    } catch (cause) {
      response.statusCode = 404;
      response.end(JSON.stringify({ error: cause instanceof Error ? cause.message : String(cause) }));
    }
  };
  return {
    name: "gridx-site-config",
    configureServer: (server) => void server.middlewares.use(serve),
    configurePreviewServer: (server) => void server.middlewares.use(serve),
  };
}

export default defineConfig(({ mode }) => {
  const env = loadEnv(mode, import.meta.dirname, "VITE_");
  const chainId = Number(env.VITE_CHAIN_ID || 31337);
  if (!Number.isSafeInteger(chainId)) throw new Error(`VITE_CHAIN_ID is no chain id: ${env.VITE_CHAIN_ID}`);
  return {
    root: import.meta.dirname,
    plugins: [messages(), react(), tailwindcss(), siteConfig()],
    // A constant of the build, so that code for another chain is not in it.
    define: { __CHAIN_ID__: JSON.stringify(chainId) },
    server: { port: 3000, strictPort: true, host: "127.0.0.1" },
    preview: { port: 3000, strictPort: true, host: "127.0.0.1" },
    build: { target: "es2022", sourcemap: false, chunkSizeWarningLimit: 700 },
  };
});

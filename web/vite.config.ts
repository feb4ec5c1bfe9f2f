import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv } from "vite";
import { sitePlugin } from "./site/plugin.ts";

export default defineConfig(({ mode }) => {
  const env = loadEnv(mode, import.meta.dirname, "VITE_");
  const chainId = Number(env.VITE_CHAIN_ID || 31337);
  if (!Number.isSafeInteger(chainId)) throw new Error(`VITE_CHAIN_ID is no chain id: ${env.VITE_CHAIN_ID}`);
  return {
    root: import.meta.dirname,
    plugins: [react(), tailwindcss(), sitePlugin({ walletConnect: Boolean(env.VITE_WALLETCONNECT_PROJECT_ID) })],
    // A constant of the build, so that code for another chain is not in it.
    define: { __CHAIN_ID__: JSON.stringify(chainId) },
    server: { port: 3000, strictPort: true, host: "127.0.0.1" },
    preview: { port: 3000, strictPort: true, host: "127.0.0.1" },
    build: { target: "es2022", sourcemap: false, chunkSizeWarningLimit: 700 },
  };
});

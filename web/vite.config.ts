import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv } from "vite";
import { compressed } from "./vite/compressed.ts";
import { early } from "./vite/early.ts";
import { messages } from "./vite/messages.ts";
import { shell, WORKER_FILE } from "./vite/shell.ts";
import { site } from "./vite/site.ts";

const GROUPS = [
  // What runs before anything else has come (src/start/early.ts) must not wait for it.
  {
    name: "early",
    test: /vite\/preload-helper|web\/src\/(start\/|pages\/routes|messages\/files|i18n\/languages)/,
    priority: 1,
  },
  {
    name: "libraries",
    test: /node_modules\/(react|react-dom|scheduler|@tanstack|wouter|regexparam|@lingui|zod|use-sync-external-store)\//,
  },
  { name: "shell", test: /web\/src\/(app|config|data|i18n|ui)\/|indexer\/client\// },
];

export default defineConfig(({ mode }) => {
  const env = loadEnv(mode, import.meta.dirname, "VITE_");
  const chainId = Number(env.VITE_CHAIN_ID || 31337);
  if (!Number.isSafeInteger(chainId)) throw new Error(`VITE_CHAIN_ID is no chain id: ${env.VITE_CHAIN_ID}`);
  return {
    root: import.meta.dirname,
    plugins: [
      messages(),
      react(),
      tailwindcss(),
      site({ walletConnect: Boolean(env.VITE_WALLETCONNECT_PROJECT_ID) }),
      compressed(),
      early(),
      shell(),
    ],
    // A constant of the build, so that code for another chain is not in it.
    define: { __CHAIN_ID__: JSON.stringify(chainId) },
    worker: { format: "es" },
    server: { port: 3000, strictPort: true, host: "127.0.0.1" },
    preview: { port: 3000, strictPort: true, host: "127.0.0.1" },
    build: {
      target: "es2022",
      sourcemap: false,
      // A browser without it loads the same files a little later.
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 700,
      // What every page needs is one file each: a dozen small ones travel larger.
      rolldownOptions: {
        input: { index: `${import.meta.dirname}/index.html`, sw: `${import.meta.dirname}/src/offline/sw.ts` },
        output: {
          codeSplitting: { groups: GROUPS },
          // A service worker's place says what it may serve, so it has a name that stays.
          entryFileNames: ({ name }) => (name === "sw" ? WORKER_FILE : "assets/[name]-[hash].js"),
        },
      },
    },
  };
});

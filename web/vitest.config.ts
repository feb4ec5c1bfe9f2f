import { defineConfig } from "vitest/config";
import { messages } from "./vite/messages.ts";

export default defineConfig({
  plugins: [messages()],
  define: { __CHAIN_ID__: "31337" },
  test: {
    include: ["test/unit/**/*.test.ts"],
    setupFiles: ["test/unit/support/english.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});

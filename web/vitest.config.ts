import { defineConfig } from "vitest/config";

export default defineConfig({
  define: { __CHAIN_ID__: "31337" },
  test: { include: ["test/unit/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 120_000, maxWorkers: 2 },
});

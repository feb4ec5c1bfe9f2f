import { defineConfig } from "vitest/config";

// Chains and indexers share two cores with whatever else runs.
export default defineConfig({
  test: { include: ["test/**/*.test.ts"], fileParallelism: false, testTimeout: 120_000, hookTimeout: 180_000 },
});

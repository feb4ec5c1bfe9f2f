import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["ts/test/**/*.test.ts"],
    setupFiles: "ts/test/support/seed.ts",
    globalSetup: "ts/test/support/compile.ts",
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});

import { defineConfig } from "vitest/config";

// Two chains at a time are enough for a small machine.
export default defineConfig({
  test: { setupFiles: "test/support/seed.ts", maxWorkers: 2, testTimeout: 60_000, hookTimeout: 60_000 },
});

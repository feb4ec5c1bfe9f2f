import { defineConfig } from "vitest/config";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the indexer of `indexer.test.ts` keeps its rows. */
    database: "pglite" | "postgres";
  }
}

// Chains and indexers share two cores with whatever else runs, so one file runs after the other.
const limits = { testTimeout: 120_000, hookTimeout: 180_000, fileParallelism: false };

export default defineConfig({
  test: {
    fileParallelism: false,
    projects: [
      {
        test: {
          ...limits,
          name: "indexer",
          include: ["test/**/*.test.ts"],
          provide: { database: "pglite" },
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...limits,
          name: "on PostgreSQL",
          include: ["test/indexer.test.ts"],
          provide: { database: "postgres" },
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

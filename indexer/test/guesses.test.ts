// Ponder, as it is patched here, guesses from past events which rows the next ones touch; anybody fills in an event.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { slotMarket } from "../ponder.schema.ts";

interface Cache {
  get(of: { table: unknown; key: object }): Promise<unknown>;
  prefetch(of: { events: unknown[] }): Promise<void>;
  qb: unknown;
  event: unknown;
}

const file = join(dirname(fileURLToPath(import.meta.resolve("ponder"))), "indexing-store", "cache.js");
const { createIndexingCache } = (await import(file)) as { createIndexingCache(options: object): Cache };

const silent = { inc() {}, observe() {}, debug() {} };
const metrics = new Proxy({}, { get: () => silent });

it.each([
  [7, 1],
  [2 ** 31 - 1, 1],
  [2 ** 31, 0],
  // As `ReadingRejected` has it, of a reading that anybody made up.
  [2 ** 32 - 1, 0],
])("slot %i is looked up in advance by %i queries: none that the column refuses", async (slot, queries) => {
  const event = (args: object) => ({
    type: "log",
    chain: { id: 1 },
    eventCallback: { name: "GridX:ReadingRejected" },
    event: { id: "", args, log: {}, block: { timestamp: 0n }, transaction: {} },
  });
  const cache = createIndexingCache({
    common: { metrics, logger: { ...silent, child: () => silent }, options: { indexingCacheMaxBytes: 1e6 } },
    schemaBuild: { schema: { slotMarket } },
    crashRecoveryCheckpoint: "some",
    eventCount: { "GridX:ReadingRejected": 1 },
  });
  let asked = 0;
  cache.qb = {
    wrap: async () => {
      asked += 1;
      return [];
    },
  };
  cache.event = event({ slot: 5 });
  await cache.get({ table: slotMarket, key: { slot: 5 } });
  asked = 0;
  await cache.prefetch({ events: [event({ slot })] });
  expect(asked).toBe(queries);
});

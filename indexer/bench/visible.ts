// From a block being asked for to its rows being served: one deposit a block, over a websocket.
import { createIndexerClient } from "../client/index.ts";
import type { Kept, Store } from "./backfill.ts";
import type { History } from "./history.ts";
import { startPonder } from "./ponder-process.ts";
import { percentile } from "./report.ts";

export interface Visible {
  store: Store;
  p50: number;
  p95: number;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export async function visible(history: History, store: Store, kept: Kept, blocks: number): Promise<Visible> {
  const indexer = await startPonder({ history, ...kept, ws: true });
  const client = createIndexerClient(indexer.url);
  const times: number[] = [];
  try {
    await history.setAutomine(false);
    // The first ones warm up.
    for (let n = -5; n < blocks; n += 1) {
      const buyer = history.buyers[(n + 5) % history.buyers.length] ?? "0x";
      const { deposited } = await client.user(buyer);
      await history.deposit(buyer, 1n);
      const started = performance.now();
      await history.mine();
      while ((await client.user(buyer)).deposited === deposited) await pause(2);
      if (n >= 0) times.push(performance.now() - started);
      await pause(100);
    }
    await history.setAutomine(true);
  } finally {
    await indexer.stop();
  }
  return { store, p50: percentile(times, 0.5), p95: percentile(times, 0.95) };
}

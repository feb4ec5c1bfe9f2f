// Events per second of the first reading of a chain, ours beside one insert for each event.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Postgres } from "../../scripts/postgres.ts";
import type { History } from "./history.ts";
import { startPonder } from "./ponder-process.ts";
import { median } from "./report.ts";

export type Store = "PGlite" | "PostgreSQL";

export interface Backfill {
  store: Store;
  /** Events per second, medians. */
  ours: number;
  minimal: number;
  /** Resident MB at the end. */
  memory: number;
}

let runs = 0;

/** Where one run keeps its rows: always new, for Ponder keeps what it fetched. */
export async function place(history: History, store: Store, postgres: Postgres) {
  const dataDirectory = mkdtempSync(join(tmpdir(), "gridx-bench-"));
  runs += 1;
  // A local chain's database ends in its run.
  const name = `b${runs}_${history.deployment.runId}`;
  const databaseUrl = store === "PostgreSQL" ? await postgres.createDatabase(name) : undefined;
  return { dataDirectory, databaseUrl, remove: () => rmSync(dataDirectory, { recursive: true, force: true }) };
}

export type Kept = Awaited<ReturnType<typeof place>>;

/** Runs both in turn; the last place of ours is kept. */
export async function backfill(history: History, store: Store, postgres: Postgres, rounds: number) {
  const rates = { ours: [] as number[], minimal: [] as number[] };
  let kept: Kept | undefined;
  let memory = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (const who of ["minimal", "ours"] as const) {
      const at = await place(history, store, postgres);
      const indexer = await startPonder({ history, ...at, isMinimal: who === "minimal" });
      rates[who].push((history.events / indexer.backfillMilliseconds) * 1000);
      if (who === "ours") memory = indexer.memory();
      await indexer.stop();
      if (who === "minimal") at.remove();
      else {
        kept?.remove();
        kept = at;
      }
    }
  }
  if (!kept) throw new Error("no rounds");
  const result: Backfill = { store, ours: median(rates.ours), minimal: median(rates.minimal), memory };
  return { result, kept };
}

// Solves islands in a thread of its own; see `planner.ts`.
import { parentPort } from "node:worker_threads";
import { loadHighs } from "./highs.ts";
import type { Island, Plan } from "./island.ts";
import { planIsland } from "./plan.ts";
import { UnsolvedError } from "./program.ts";

export interface PlanQuestion {
  id: number;
  island: Island;
}

/** `unsolved`: it is the island's numbers, not the thread. */
export type PlanAnswer = { id: number; plan: Plan } | { id: number; problem: string; unsolved: boolean };

const port = parentPort;
port?.on("message", ({ id, island }: PlanQuestion) => {
  loadHighs()
    .then((highs): PlanAnswer => ({ id, plan: planIsland(highs, island) }))
    .catch((error: unknown): PlanAnswer => {
      const problem = error instanceof Error ? error.message : String(error);
      return { id, problem, unsolved: error instanceof UnsolvedError };
    })
    .then((answer) => port.postMessage(answer));
});

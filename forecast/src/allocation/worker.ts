// Solves islands in a thread of its own; see `planner.ts`.
import { parentPort } from "node:worker_threads";
import { loadHighs } from "./highs.ts";
import type { Island, Plan } from "./island.ts";
import { planIsland } from "./plan.ts";

export interface PlanQuestion {
  id: number;
  island: Island;
}

export type PlanAnswer = { id: number; plan: Plan } | { id: number; problem: string };

const port = parentPort;
port?.on("message", ({ id, island }: PlanQuestion) => {
  loadHighs()
    .then((highs): PlanAnswer => ({ id, plan: planIsland(highs, island) }))
    .catch((error: unknown): PlanAnswer => ({ id, problem: error instanceof Error ? error.message : String(error) }))
    .then((answer) => port.postMessage(answer));
});

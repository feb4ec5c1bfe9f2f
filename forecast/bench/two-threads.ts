// The backtest on two cores: the model that takes as long as all others together has a thread of its own.
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { demandModel } from "../src/models/demand.ts";
import type { Model } from "../src/models/model.ts";
import { MODELS } from "../src/models/registry.ts";
import type { HouseSeries } from "../src/series/house-series.ts";
import { typescriptThread } from "../src/typescript-thread.ts";
import { type BacktestOptions, type BacktestResult, backtest } from "./backtest.ts";

const KIND = "gridx-backtest";
const SLOW = demandModel as Model;

interface Task {
  kind: typeof KIND;
  all: readonly HouseSeries[];
  options: Omit<BacktestOptions, "models">;
}

/** What of a result survives `postMessage`: functions don't, so the model is left out. */
interface Answer {
  tracks: Omit<BacktestResult["tracks"][number], "model">[];
  issued: BacktestResult["issued"];
  fitMs: number;
  forecastMs: number;
}

/** As `backtest` over all models. */
export async function backtestOnTwoThreads(
  all: readonly HouseSeries[],
  options: Omit<BacktestOptions, "models">,
): Promise<BacktestResult> {
  const task: Task = { kind: KIND, all, options };
  const worker = typescriptThread(new URL(import.meta.url), task);
  const answered = new Promise<Answer>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`the thread ended without an answer (exit code ${code})`)));
  });
  const others = new Promise<BacktestResult>((resolve) => {
    resolve(backtest(all, { ...options, models: MODELS.filter((model) => model !== SLOW) }));
  });
  const [rest, slow] = await Promise.all([others, answered]);
  // Objects were copied on their way: the tables look homes up by identity.
  const own = new Map([...rest.houses, ...rest.tracks.map(({ house }) => house)].map((house) => [house.id, house]));
  const here = <T extends { house: HouseSeries }>(item: T): T => ({
    ...item,
    house: own.get(item.house.id) ?? item.house,
  });
  return {
    ...rest,
    tracks: [...slow.tracks.map((track) => ({ ...here(track), model: SLOW })), ...rest.tracks],
    issued: [...rest.issued, ...slow.issued.map(here)].sort((a, b) => a.originSeconds - b.originSeconds),
    fitMs: new Map([...rest.fitMs, [SLOW, slow.fitMs]]),
    forecastMs: new Map([...rest.forecastMs, [SLOW, slow.forecastMs]]),
  };
}

if (!isMainThread && (workerData as Partial<Task>).kind === KIND) {
  const { all, options } = workerData as Task;
  const { tracks, issued, fitMs, forecastMs } = backtest(all, { ...options, models: [SLOW] });
  const answer: Answer = {
    tracks: tracks.map(({ model: _, ...track }) => track),
    issued,
    fitMs: fitMs.get(SLOW) ?? Number.NaN,
    forecastMs: forecastMs.get(SLOW) ?? Number.NaN,
  };
  parentPort?.postMessage(answer);
}

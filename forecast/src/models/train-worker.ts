// Training off the request path: a thread of its own, that ends with its answer.
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import type { HouseSeries } from "../series/house-series.ts";
import { typescriptThread } from "../typescript-thread.ts";
import { type ModelKey, type Trained, train } from "./training.ts";

const KIND = "gridx-training";

interface Task {
  kind: typeof KIND;
  models: readonly ModelKey[];
  houses: readonly HouseSeries[];
  untilSeconds: number;
}

/** Only the names: whatever else an object carries may not be clonable. */
const keyOf = ({ name, target, scope }: ModelKey): ModelKey => ({ name, target, scope });

/**
 * Trains models one after the other in one worker thread. Models must be of one scope: a community's get the one series of
 * `communitySeries`.
 * @throws what went wrong in the thread, or the signal's reason where it is aborted; the thread ends in any case.
 */
export function trainInWorker(
  models: readonly ModelKey[],
  houses: readonly HouseSeries[],
  untilSeconds: number,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Trained[]> {
  signal?.throwIfAborted();
  const task: Task = { kind: KIND, models: models.map(keyOf), houses, untilSeconds };
  const worker = typescriptThread(new URL(import.meta.url), task);
  return new Promise<Trained[]>((resolve, reject) => {
    const abort = () => {
      reject(signal?.reason);
      void worker.terminate();
    };
    signal?.addEventListener("abort", abort, { once: true });
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => {
      signal?.removeEventListener("abort", abort);
      reject(new Error(`training ended without an answer (exit code ${code})`));
    });
  });
}

function isTask(data: unknown): data is Task {
  return typeof data === "object" && data !== null && "kind" in data && data.kind === KIND;
}

if (!isMainThread && isTask(workerData)) {
  const { models, houses, untilSeconds } = workerData;
  parentPort?.postMessage(models.map((key) => train(key, houses, untilSeconds)));
}

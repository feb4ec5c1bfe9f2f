import { Worker } from "node:worker_threads";

/**
 * A worker thread that runs a TypeScript file, which finds `data` in its `workerData`. On Node 20 a thread does not get the loader of its process (`--import tsx`
 * does nothing in one), so it registers its own first.
 */
export const typescriptThread = (main: URL, data: object = {}): Worker =>
  new Worker(new URL("./typescript-thread.mjs", import.meta.url), {
    execArgv: [],
    workerData: { ...data, main: main.href },
  });

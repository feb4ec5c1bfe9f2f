// Where a thread begins (see typescript-thread.ts): JavaScript, since the loader of TypeScript is not there yet.
import { workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
await import(workerData.main);

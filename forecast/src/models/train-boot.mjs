// A thread does not share its parent's TypeScript: it is set up here, before the worker itself is loaded.
import { register } from "tsx/esm/api";

register();
await import("./train-worker.ts");

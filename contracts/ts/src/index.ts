export * from "./deployments.ts";
export * from "./events.ts";
export * from "./generated/abi.ts";
export * from "./ledger.ts";
export * from "./metered-batch.ts";
export * from "./readings.ts";
export * from "./text.ts";
export * from "./units.ts";

export * from "./event.ts";
export * from "./keeper.ts";
export * from "./log.ts";
export * from "./state.ts";
export { allowanceAt, type BidsBefore, type OpenTrade } from "./trades.ts";

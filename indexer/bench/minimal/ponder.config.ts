// The same chain, contract, RPC and database settings as the indexer's own.
export { default } from "../../ponder.config.ts";

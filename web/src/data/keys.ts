import type { Address } from "viem";

/** Keys of everything that is read; `["indexer"]` and `["chain"]` name all of one source. */
export const keys = {
  indexer: ["indexer"] as const,
  chain: ["chain"] as const,
  block: ["chain", "block"] as const,
  wallet: (address: Address | undefined) => ["chain", "wallet", address] as const,
  allowance: (address: Address | undefined) => ["chain", "allowance", address] as const,
  emergency: ["chain", "emergency"] as const,
  paused: ["chain", "paused"] as const,
  role: (role: string, address: Address | undefined) => ["chain", "role", role, address] as const,
  market: ["indexer", "market"] as const,
  bids: ["indexer", "bids"] as const,
  lots: (limit: number) => ["indexer", "lots", limit] as const,
  /** Stands still: nothing that the stream tells makes it old. */
  tradeList: (filter: object | null) => ["indexer", "trade-list", filter] as const,
  newestTrades: (filter: object | null) => ["indexer", "trades", "newest", filter] as const,
  trade: (id: string) => ["indexer", "trade", id] as const,
  carbonWallet: (address: Address | undefined) => ["indexer", "carbon-wallet", address] as const,
  carbonTransactions: (address: Address | undefined) => ["indexer", "carbon-transactions", address] as const,
  user: (address: Address | undefined) => ["indexer", "users", address] as const,
  tradesSince: (user: Address | undefined, from: number) => ["indexer", "trades", "since", user, from] as const,
  lotsOf: (seller: Address | undefined) => ["indexer", "lots", "of", seller] as const,
  unpricedLots: (seller: Address | undefined, fromSlot: number) => ["indexer", "unpriced", seller, fromSlot] as const,
  /** Of a day that still runs; told anew with each trade. */
  slotMarkets: (from: number) => ["indexer", "markets", from] as const,
  /** Long stretches, which are read now and then. */
  history: (by: string, from: number) => ["indexer", "history", by, from] as const,
  forecast: (what: string, ...of: readonly (string | number)[]) => ["forecast", what, ...of] as const,
  /** What is its owner's alone; forgotten when its owner signs out. */
  homes: ["home", "own"] as const,
  home: (what: string, ...of: readonly (string | number)[]) => ["home", "own", what, ...of] as const,
  signedIn: (service: string) => ["home", "session", service] as const,
  dryRun: ["indexer", "dry-run"] as const,
  leaderboard: ["indexer", "leaderboard"] as const,
  /** Of days; from 0 to 0 is of all time. */
  leaders: (from: number, to: number) => ["indexer", "leaderboard", from, to] as const,
  claim: (id: string) => ["claim", id] as const,
  run: ["run"] as const,
  /** By the whole row: a row that changes is another claim. */
  verification: (row: string) => ["verification", row] as const,
};

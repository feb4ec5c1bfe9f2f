// A typed client of the indexer's REST API, for the page, tests and others. Nothing of Ponder is imported here.
import type { z } from "zod/mini";
import { clearingSchema, slotClearingsSchema } from "./clearings.ts";
import { type AsOf, envelopeSchema, pageOf } from "./envelope.ts";
import { dayMarketSchema, slotMarketSchema } from "./markets.ts";
import {
  auditSchema,
  bidSchema,
  carbonTransactionSchema,
  carbonWalletSchema,
  houseSchema,
  leaderSchema,
  lotSchema,
  marketSchema,
  periodLeaderSchema,
  productionSchema,
  tradeSchema,
  transactionSchema,
  userSchema,
} from "./schemas.ts";
import { oneTradeSchema } from "./trade.ts";

export * from "./clearings.ts";
export * from "./envelope.ts";
export * from "./events.ts";
export * from "./markets.ts";
export * from "./schemas.ts";
export * from "./trade.ts";

/** An answer of the indexer that is an error, or no answer of the promised shape. */
export class IndexerError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "IndexerError";
    this.status = status;
    this.code = code;
  }
}

/** A page of a list: at most `limit` rows (1 to 200, default 50) after `cursor`. */
export interface PageQuery {
  limit?: number;
  cursor?: string;
}

export interface ClientOptions {
  /** Told of each answer, errors too, as of which block it is. */
  onAnswer?: (asOf: AsOf | null) => void;
}

export interface TimeQuery extends PageQuery {
  /** Unix seconds, from the first on and before the last. */
  from?: number;
  to?: number;
}

/** What lists of trades and carbon can be narrowed by. */
export interface FilterQuery extends TimeQuery {
  slot?: number;
}

type Query = Record<string, string | number | boolean | undefined>;

export function createIndexerClient(
  baseUrl: string,
  fetcher: typeof fetch = globalThis.fetch.bind(globalThis),
  { onAnswer }: ClientOptions = {},
) {
  async function get<T extends z.ZodMiniType>(path: string, schema: T, query: Query = {}, signal?: AbortSignal) {
    const url = new URL(`api/${path}`, baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`);
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(key, String(value));
    }
    const response = await fetcher(url, { headers: { accept: "application/json" }, signal });
    const badAnswer = () =>
      new IndexerError(response.status, "bad_answer", `${url.pathname} answered in an unknown shape`);
    const envelope = envelopeSchema.safeParse(await response.json().catch(() => null));
    if (!envelope.success) throw badAnswer();
    const { data, error, asOf } = envelope.data;
    onAnswer?.(asOf);
    if (error) throw new IndexerError(response.status, error.code, error.message);
    const parsed = schema.safeParse(data);
    if (!parsed.success) throw badAnswer();
    return parsed.data;
  }
  return {
    market: (signal?: AbortSignal) => get("market", marketSchema, {}, signal),
    /** Lots that can be bought now, with something left and an ask: cheapest first, among equals the newest. */
    lots: (query: PageQuery & { seller?: string } = {}, signal?: AbortSignal) =>
      get("lots", pageOf(lotSchema), { ...query }, signal),
    /** Standing bids, highest first. */
    bids: (query: PageQuery = {}, signal?: AbortSignal) => get("bids", pageOf(bidSchema), { ...query }, signal),
    /** Newest first. */
    clearings: (query: PageQuery = {}, signal?: AbortSignal) =>
      get("clearings", pageOf(clearingSchema), { ...query }, signal),
    /** All clearings of a slot, with the lines that they passed over. */
    slotClearings: (slot: number, signal?: AbortSignal) => get(`clearings/${slot}`, slotClearingsSchema, {}, signal),
    /** Totals of slots in which something was traded or cleared, newest first; `from` and `to` are of the slots' starts. */
    slotMarkets: (query: TimeQuery = {}, signal?: AbortSignal) =>
      get("markets/slots", pageOf(slotMarketSchema), { ...query }, signal),
    /** The same of UTC days. */
    dayMarkets: (query: TimeQuery = {}, signal?: AbortSignal) =>
      get("markets/days", pageOf(dayMarketSchema), { ...query }, signal),
    /** One trade with its place in the ledger and the readings behind its energy. */
    trade: (tradeId: string, signal?: AbortSignal) => get(`energy-trades/${tradeId}`, oneTradeSchema, {}, signal),
    /** Newest first. */
    trades: (query: FilterQuery & { wallet?: string } = {}, signal?: AbortSignal) =>
      get("energy-trades", pageOf(tradeSchema), { ...query }, signal),
    /** Trades that a wallet bought or sold, newest first. */
    userTrades: (user: string, query: FilterQuery = {}, signal?: AbortSignal) =>
      get(`energy-trades/user/${user}`, pageOf(tradeSchema), { ...query }, signal),
    users: (query: PageQuery = {}, signal?: AbortSignal) => get("users", pageOf(userSchema), { ...query }, signal),
    user: (user: string, signal?: AbortSignal) => get(`users/${user}`, userSchema, {}, signal),
    houses: (query: PageQuery & { owner?: string } = {}, signal?: AbortSignal) =>
      get("houses", pageOf(houseSchema), { ...query }, signal),
    house: (meter: string, signal?: AbortSignal) => get(`houses/${meter}`, houseSchema, {}, signal),
    /** Readings of a house, newest slot first. */
    production: (meter: string, query: PageQuery = {}, signal?: AbortSignal) =>
      get(`energy-production/${meter}`, pageOf(productionSchema), { ...query }, signal),
    carbonWallet: (user: string, signal?: AbortSignal) => get(`carbon-wallet/${user}`, carbonWalletSchema, {}, signal),
    carbonTransactions: (user: string, query: FilterQuery = {}, signal?: AbortSignal) =>
      get(`carbon-wallet/${user}/transactions`, pageOf(carbonTransactionSchema), { ...query }, signal),
    /** Of all wallets, or of one. */
    allCarbonTransactions: (query: FilterQuery & { wallet?: string } = {}, signal?: AbortSignal) =>
      get("carbon-transactions", pageOf(carbonTransactionSchema), { ...query }, signal),
    leaderboard: (query: PageQuery = {}, signal?: AbortSignal) =>
      get("leaderboard", pageOf(leaderSchema), { ...query }, signal),
    /** Of the energy of the UTC days that begin in [from, to), at most 31. */
    periodLeaders: (query: PageQuery & { from: number; to: number }, signal?: AbortSignal) =>
      get("leaderboard/days", pageOf(periodLeaderSchema), { ...query }, signal),
    transaction: (hash: string, signal?: AbortSignal) => get(`blockchain/tx/${hash}`, transactionSchema, {}, signal),
    audit: (signal?: AbortSignal) => get("audit", auditSchema, {}, signal),
  };
}
export type IndexerClient = ReturnType<typeof createIndexerClient>;

// What the API offers, for those who read it by machine. The shapes are those of the typed client.
import { z } from "zod";
import * as shapes from "../../../client/index.ts";

export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  schema: z.core.$ZodType;
  description: string;
}

export interface Operation {
  method: "get" | "post";
  /** Below `/api`, with parameters in braces. */
  path: string;
  summary: string;
  parameters?: readonly Parameter[];
  body?: z.core.$ZodType;
  /** What `data` is; text of a media type where there is no envelope. */
  answers: z.core.$ZodType | { type: string };
  /** Counts against the rate limit. */
  limited?: true;
  /** What is not there where it answers 404. */
  missing?: string;
  /** Takes whatever its parameters are. */
  lenient?: true;
}

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);
const hash = z.string().regex(/^0x[0-9a-fA-F]{64}$/);
const seconds = z.number().int().min(0).max(9_999_999_999);

const inPath = (name: string, schema: z.core.$ZodType, description: string): Parameter => ({
  name,
  in: "path",
  schema,
  description,
});
const inQuery = (name: string, schema: z.core.$ZodType, description: string): Parameter => ({
  name,
  in: "query",
  schema,
  description,
});

const user = inPath("address", address, "A wallet");
const meter = inPath("meter", address, "Any key that a house's meter ever had");
const page = [
  inQuery("limit", z.number().int().min(1).max(200).default(50), "Rows of a page"),
  inQuery("cursor", z.string(), "nextCursor of the page before"),
];
const starts = [
  inQuery("from", seconds, "Begins at these Unix seconds or later"),
  inQuery("to", seconds, "Begins before these Unix seconds"),
];
const narrow = [
  inQuery("from", seconds, "Unix seconds of the block, included"),
  inQuery("to", seconds, "Unix seconds of the block, not included"),
  inQuery("slot", z.number().int().min(0), "Slot of the energy"),
];
const wallet = inQuery("wallet", address, "Only what concerns this wallet");
const list = (item: z.core.$ZodType) => shapes.pageOf(item);

const noHouse = "No house ever had this meter";
const lastRead = "id of the last message that was read";
const csv = { type: "text/csv" };
const transactionBody = z.object({ transactionHash: hash });
const liveSchema = z.object({ blockNumber: z.number().int(), blockTimestamp: z.number().int() });
const readySchema = z.object({
  blockNumber: z.number().int(),
  blockTimestamp: z.number().int(),
  behind: z.number().int(),
});

type Rest = Omit<Operation, "method" | "path" | "summary" | "answers">;
const get = (path: string, summary: string, answers: Operation["answers"], rest: Rest = {}): Operation => ({
  method: "get",
  path,
  summary,
  answers,
  ...rest,
});

const { tradeSchema, carbonTransactionSchema, carbonWalletSchema, userSchema, houseSchema, clearingSchema } = shapes;

export const operations: readonly Operation[] = [
  get("/market", "Rules in force, last clearing, emergency, and where the indexer stands", shapes.marketSchema),
  get("/lots", "Lots that can be bought now, cheapest first", list(shapes.lotSchema), {
    parameters: [inQuery("seller", address, "Only of this seller"), ...page],
  }),
  get("/bids", "Standing bids, highest first", list(shapes.bidSchema), { parameters: page }),
  get("/clearings", "Clearings, newest first", list(clearingSchema), { parameters: page }),
  get("/clearings/{slot}", "All clearings of a slot, and the lines that they passed over", shapes.slotClearingsSchema, {
    parameters: [inPath("slot", z.number().int().min(0), "A slot")],
  }),
  get("/energy-trades", "Trades, newest first", list(tradeSchema), { parameters: [wallet, ...narrow, ...page] }),
  get("/energy-trades/{tradeId}", "A trade with the readings behind its energy", shapes.oneTradeSchema, {
    parameters: [inPath("tradeId", hash, "Of the trade")],
    missing: "There is no such trade",
  }),
  get("/markets/slots", "Totals of trades by slot, newest first", list(shapes.slotMarketSchema), {
    parameters: [...starts, ...page],
  }),
  get("/markets/days", "Totals of trades by UTC day, newest first", list(shapes.dayMarketSchema), {
    parameters: [...starts, ...page],
  }),
  {
    ...get("/energy-trades", "The trades of a transaction; writes nothing", shapes.transactionSchema),
    method: "post",
    body: transactionBody,
    limited: true,
  },
  get("/energy-trades.csv", "All trades", csv, { parameters: [wallet, ...narrow], limited: true }),
  get("/energy-trades/user/{address}", "Trades that a wallet bought or sold", list(tradeSchema), {
    parameters: [user, ...narrow, ...page],
  }),
  get("/users", "Participants", list(userSchema), { parameters: page }),
  get("/users/{address}", "A participant; all zero where nothing happened to it", userSchema, { parameters: [user] }),
  get("/houses", "Installations", list(houseSchema), {
    parameters: [inQuery("owner", address, "Only of this owner"), ...page],
  }),
  get("/houses/{meter}", "An installation", houseSchema, { parameters: [meter], missing: noHouse }),
  get("/energy-production/{meter}", "Readings of a house, newest slot first", list(shapes.productionSchema), {
    parameters: [meter, ...page],
    missing: noHouse,
  }),
  get("/carbon-transactions", "Carbon earned and retired, newest first", list(carbonTransactionSchema), {
    parameters: [wallet, ...narrow, ...page],
  }),
  get("/carbon-transactions.csv", "All carbon earned and retired", csv, {
    parameters: [wallet, ...narrow],
    limited: true,
  }),
  get("/carbon-wallet/{address}", "Carbon of a wallet", carbonWalletSchema, { parameters: [user] }),
  get("/carbon-wallet/{address}/transactions", "What a wallet earned and retired", list(carbonTransactionSchema), {
    parameters: [user, ...narrow, ...page],
  }),
  get("/leaderboard", "Most carbon earned first", list(shapes.leaderSchema), { parameters: page }),
  get("/leaderboard/days", "The same of the energy of at most 31 UTC days", list(shapes.periodLeaderSchema), {
    parameters: [
      inQuery("from", seconds, "Days that begin at these Unix seconds or later; by default 31 days before to"),
      inQuery("to", seconds, "Days that begin before these Unix seconds; by default the present day is the last"),
      ...page,
    ],
  }),
  get("/blockchain/tx/{hash}", "What became of a transaction, with its trades", shapes.transactionSchema, {
    parameters: [inPath("hash", hash, "Of the transaction")],
    limited: true,
  }),
  get("/audit", "The ledger head recomputed from every fact", shapes.auditSchema, { limited: true }),
  get(
    "/events",
    "Stream of what each block changed",
    { type: "text/event-stream" },
    {
      parameters: [
        { name: "Last-Event-ID", in: "header", schema: z.string(), description: `${lastRead}; EventSource sends it` },
        inQuery("lastEventId", z.string(), `${lastRead}, where the header cannot be sent`),
      ],
      limited: true,
      lenient: true,
    },
  ),
  get("/live", "for a proxy: 200 where the database answers, however old its rows are, else 503", liveSchema),
  get("/ready", "200 when caught up and on the RPC's chain, else 503", readySchema),
  get("/metrics", "Of this process, for Prometheus; no proxy should show it", { type: "text/plain" }),
  get("/openapi.json", "This document", { type: "application/json" }),
  get("", "This document, to read", { type: "text/html" }),
];

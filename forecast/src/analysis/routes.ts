import type { IndexerClient } from "@gridx/indexer/client";
import { createRoute, z } from "@hono/zod-openapi";
import { type AnswerCache, answerCached } from "../http/answer-cache.ts";
import { badRequest, unavailable } from "../http/api-error.ts";
import { answers, newRouter } from "../http/router.ts";
import { analyseMarket, type MarketAnalysis, type MarketFacts, type Window } from "./market.ts";
import type { MeteredEnergy } from "./measures.ts";
import { MOST_TRADES, readOfferedWh, readTrades, TooMuchError } from "./read-market.ts";

const MOST_DAYS = 31;
const DEFAULT_DAYS = 7;
/** Older ends are refused: reading goes back from the newest reading. */
const MOST_DAYS_BACK = 366;
const SECONDS_PER_DAY = 86_400;
/** Windows end at multiples of this, so that moments next to each other share an answer. Local midnights are among them. */
const TO_STEP_SECONDS = 900;
/** The newest block may be so much older than is known here: of the answers, a tenth of how long they are kept. */
const NEWEST_SHARE = 0.1;

export interface AnalysisRoutes {
  /** Null where none is configured. */
  indexer: Pick<IndexerClient, "market" | "trades" | "houses" | "production"> | null;
  /** Of all homes, as far as it may be published. */
  energy(window: Window): Promise<MeteredEnergy[]>;
  grid: MarketFacts["grid"];
  cache: AnswerCache;
  cacheMilliseconds: number;
}

const DAYS = `expected a whole number of days from 1 to ${MOST_DAYS}`;
const querySchema = z.object({
  days: z
    .string()
    .regex(/^\d{1,3}$/, DAYS)
    .default(String(DEFAULT_DAYS))
    .transform(Number)
    .pipe(z.number().min(1, DAYS).max(MOST_DAYS, DAYS))
    .openapi({ description: `How many days the window has, 1 to ${MOST_DAYS}` }),
  to: z.iso.datetime({ offset: true, error: "expected an ISO 8601 time with an offset" }).optional().openapi({
    description:
      "Where it ends, exclusive, rounded down to a quarter of an hour; by default, and at the latest, at the newest block, whose slot is not over",
  }),
});

const integer = z.string().regex(/^-?\d+$/);
const moment = z.iso.datetime();

export const marketAnalysisSchema = z
  .object({
    window: z.object({ from: moment, to: moment }),
    trades: z.number().int(),
    volumeWh: integer,
    vwapPerKwh: integer.nullable().openapi({ description: "Volume-weighted average price, base units per kWh" }),
    lowestPerKwh: integer.nullable(),
    highestPerKwh: integer.nullable(),
    trendPerKwhPerDay: integer
      .nullable()
      .openapi({ description: "Median slope of the days' averages; null under three days" }),
    offeredWh: integer.nullable(),
    soldShare: z.number().nullable().openapi({ description: "Liquidity: sold ÷ offered, 0 to 1" }),
    sellers: z.number().int(),
    buyers: z.number().int(),
    sellerConcentrationHhi: z.number().nullable().openapi({ description: "Herfindahl–Hirschman index, to 10,000" }),
    buyerConcentrationHhi: z.number().nullable(),
    producedWh: integer.nullable(),
    consumedWh: integer.nullable(),
    selfSufficiency: z.number().nullable().openapi({ description: "Used of the community's own ÷ consumed, 0 to 1" }),
    selfConsumption: z.number().nullable().openapi({ description: "Used of the community's own ÷ produced, 0 to 1" }),
    meteredHours: z
      .number()
      .openapi({ description: "Hours of the window that production and consumption are known of" }),
    buyersSaved: integer.nullable().openapi({ description: "Against the retail price, after fees, base units" }),
    sellersGained: integer.nullable().openapi({ description: "Against the feed-in tariff, base units" }),
    feesPaid: integer,
    avoidedCarbonGrams: integer.openapi({ description: "Estimated avoided emissions that the trades credited, CO2e" }),
    peakDemandWatts: integer.nullable(),
    peakDemandAt: moment.nullable(),
    peakImportWatts: integer
      .nullable()
      .openapi({ description: "Highest mean power that the community drew from the grid" }),
    peakImportAt: moment.nullable(),
  })
  .openapi("MarketAnalysis");

const route = createRoute({
  method: "get",
  path: "/market-analysis",
  summary: "Measures of the market over a window",
  description: "Over slots that begin in the window. What has no meaning there is null. Cached for ten minutes.",
  request: { query: querySchema },
  responses: answers(marketAnalysisSchema, "The measures", 400, 429, 503),
});

export function analysisRoutes({ indexer, energy, grid, cache, cacheMilliseconds }: AnalysisRoutes) {
  const source = () => {
    if (!indexer) throw unavailable("no indexer is configured: set INDEXER_URL");
    return indexer;
  };
  const market = () =>
    source()
      .market()
      .catch(() => {
        throw unavailable("the indexer can't be asked now; try again in a moment");
      });

  /** One of few moments, or null for the newest block: each is an answer to be made and kept. */
  async function endOf(asked: string | undefined): Promise<number | null> {
    if (asked === undefined) return null;
    const to = Math.floor(Date.parse(asked) / 1000 / TO_STEP_SECONDS) * TO_STEP_SECONDS;
    const { data } = await cache.get("newest-block", "", cacheMilliseconds * NEWEST_SHARE, async () => {
      return (await market()).blockTimestamp;
    });
    const newest = Number(data);
    if (to > newest) return null;
    if (to > newest - MOST_DAYS_BACK * SECONDS_PER_DAY) return to;
    throw badRequest("to", `expected a time within the last ${MOST_DAYS_BACK} days`);
  }

  async function analyse(days: number, end: number | null) {
    const from = source();
    const { blockTimestamp, slotDuration, tradingWindow } = await market();
    const to = end ?? blockTimestamp;
    const window = { from: to - days * SECONDS_PER_DAY, to };
    try {
      const [trades, metered] = await Promise.all([
        readTrades(from, window, { slotDuration, tradingWindow }),
        energy(window),
      ]);
      const offeredWh = await readOfferedWh(from, window, slotDuration, trades);
      return present(analyseMarket({ window, slotDuration, trades, offeredWh, energy: metered, grid }));
    } catch (error) {
      if (error instanceof TooMuchError)
        throw badRequest("days", `more than ${MOST_TRADES} trades; ask for fewer days`);
      throw error;
    }
  }
  return newRouter().openapi(route, async (c) => {
    const { days, to } = c.req.valid("query");
    const end = await endOf(to);
    const cached = await cache.get("market-analysis", `${days} ${end ?? ""}`, cacheMilliseconds, () =>
      analyse(days, end),
    );
    return answerCached(c, cached, "public") as never;
  });
}

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** Integers that can outgrow a double as text, moments as ISO 8601. */
function present(analysis: MarketAnalysis) {
  const { window, peakDemandAt, peakImportAt, ...rest } = analysis;
  const shown = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, typeof value === "bigint" ? String(value) : value]),
  );
  return {
    window: { from: iso(window.from), to: iso(window.to) },
    ...shown,
    peakDemandAt: peakDemandAt === null ? null : iso(peakDemandAt),
    peakImportAt: peakImportAt === null ? null : iso(peakImportAt),
  };
}

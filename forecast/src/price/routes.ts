import { createRoute, z } from "@hono/zod-openapi";
import { type AnswerCache, answerCached } from "../http/answer-cache.ts";
import { ApiError, badRequest } from "../http/api-error.ts";
import { answers, jsonContent, newRouter } from "../http/router.ts";
import { formatAmount, presentSlot, presentTiered, presentWhy, type Token } from "./present.ts";
import { REASON_CODES, reasonOf } from "./reasons.ts";
import { priceSlot, type SlotQuestion } from "./suggest.ts";
import { MAX_DEMAND_KWH, type TieredTariff } from "./tiered.ts";

/** Where the prices of a slot come from. */
export interface PriceSource {
  slotDuration: number;
  /** The slot that the chain's clock stands in. */
  currentSlot(): Promise<number>;
  /** How many slots ahead there can be a forecast. */
  slotsAhead: number;
  /** Null where neither retail price nor feed-in tariff are configured. */
  question(slot: number): Promise<SlotQuestion | null>;
}

export interface PriceRoutes {
  tiered: TieredTariff;
  token: Token;
  source: PriceSource;
  cache: AnswerCache;
  /** Of the answers; shorter than a minute where the chain's clock runs faster than the world's. */
  cacheMilliseconds: number;
}

const LIMITS = `expected a number of kWh from 0 to ${MAX_DEMAND_KWH}`;
const kwh = z.number({ error: LIMITS }).min(0, LIMITS).max(MAX_DEMAND_KWH, LIMITS);
const SLOT = "expected the number of a slot";
const slotNumber = z
  .number({ error: SLOT })
  .int(SLOT)
  .min(0, SLOT)
  .max(2 ** 32 - 1, SLOT);

export const priceRequestSchema = z
  .object({
    demandKwh: kwh.optional().openapi({ example: 3, description: "For the tiered price" }),
    slot: slotNumber.optional().openapi({ description: "From the present one on; by default the next one" }),
  })
  .openapi("PriceRequest");

const numeral = (schema: z.ZodType<number, number>) =>
  z
    .string()
    .regex(/^\d{1,15}(\.\d{1,9})?$/, "expected a number")
    .transform(Number)
    .pipe(schema);
const querySchema = z.object({ demandKwh: numeral(kwh).optional(), slot: numeral(slotNumber).optional() });

const amount = z.string().regex(/^-?\d+\.\d{2,}$/);
const spread = <T extends z.ZodType>(of: T) => z.object({ lower: of, median: of, upper: of });

const whySchema = z
  .object({
    code: z.enum(REASON_CODES),
    ratio: spread(z.number().nullable())
      .nullable()
      .openapi({ description: "Of `surplus_covers_…`: surplus ÷ deficit; null in it: nothing is lacking" }),
    fewestOwners: z.int().nullable().openapi({ description: "Of `too_few_owners`: how many it takes" }),
  })
  .openapi("PriceReason", { description: "`reason` for machines: a code and its parameters, null where it has none" });

/** A named schema or null: in the document `nullable` would be lost on a reference. */
const orNone = <T extends z.ZodType>(of: T) => z.union([of, z.null()]);

const suggestionSchema = z.object({
  pricePerKwh: amount,
  pricePerKwhBaseUnits: z.string().openapi({ description: "As `setAsk` and `setBid` take it" }),
  reason: z.string().openapi({ description: "In English" }),
  why: whySchema,
  chance: z
    .object({
      probability: z.number().min(0).max(1),
      basis: z.enum(["past_clearings", "forecast"]),
      slots: z.number().nullable().openapi({ description: "Past slots that it was counted on" }),
    })
    .nullable()
    .openapi({ description: "That all of it is sold, or bought; null where nothing was measured" }),
  expectedShare: z.number().min(0).max(1).nullable().openapi({
    description:
      "The part of it that is expected to be sold, or bought: the mean over the forecast's outcomes; null without a forecast",
  }),
  shareBasis: z.enum(["standing_orders", "all_follow"]).nullable().openapi({
    description:
      "`standing_orders`: by the asks and bids that stand on the chain; `all_follow`: those are not known, so as if neighbours asked and bid as suggested",
  }),
  priceBasis: z.enum(["forecast", "standing_orders", "middle"]).openapi({
    description:
      "`forecast`: where the price is expected; `standing_orders`: that would not meet the asks or bids of the other side that stand, so moved to theirs; `middle`: between feed-in tariff and retail price",
  }),
});

const marketPriceSchema = z
  .object({
    lowestPerKwh: amount.openapi({ description: "The feed-in tariff" }),
    highestPerKwh: amount.openapi({ description: "The highest price that with the fee is within the retail price" }),
    midMarketPerKwh: amount,
    supplyDemandPerKwh: spread(amount)
      .nullable()
      .openapi({ description: "10, 50 and 90 % of the forecast's outcomes" }),
    supplyDemandRatio: spread(z.number().nullable())
      .nullable()
      .openapi({ description: "Surplus of neighbours ÷ their deficit; null in it: nothing is lacking" }),
    ask: suggestionSchema.openapi({ description: "For a seller, without the fee" }),
    bid: suggestionSchema.openapi({ description: "For a buyer, the most to pay with the fee" }),
  })
  .openapi("MarketPrice");

export const priceSchema = z
  .object({
    pricePerKwh: amount.openapi({
      example: "5.00",
      description: "What the seller receives, by `model`; the fee apart",
    }),
    currency: z.string().openapi({ example: "INR" }),
    model: z
      .enum(["tiered", "supply_demand", "mid_market"])
      .openapi({ description: "`tiered` where a demand was given or there is nothing better" }),
    slot: z.number().int().nullable().openapi({ description: "Null where the chain can't be asked which one it is" }),
    startsAt: z.iso.datetime().nullable(),
    demandKwh: z.number().nullable().openapi({ description: "This and the tier are null where no demand was given" }),
    tier: z.enum(["low", "base", "high"]).nullable(),
    base: amount.openapi({ description: "The tiered baseline's", example: "5.00" }),
    step: amount.nullable().openapi({ description: "What the tier adds to the base" }),
    rule: z.string().nullable().openapi({ example: "demand from 2 to 4 kWh: base 5.00" }),
    market: orNone(marketPriceSchema),
    degraded: z.boolean(),
    reason: z.string().nullable().openapi({ description: "Why it is degraded, in English" }),
    why: orNone(whySchema).openapi({ description: "The same as a code" }),
  })
  .openapi("Price");

const description =
  "What energy is worth in a slot: by the tiered baseline for a demand, by the mid-market rate, and by the supply-demand " +
  "ratio of the forecasts, with a suggestion for an ask and a bid. Amounts are in `currency` per kWh.";

const postPrice = createRoute({
  method: "post",
  path: "/price",
  summary: "Price of a slot",
  description,
  request: { body: { ...jsonContent(priceRequestSchema, "Demand and slot"), required: true } },
  responses: answers(priceSchema, "The price", 400, 413, 429, 503),
});

const getPrice = createRoute({
  method: "get",
  path: "/price",
  summary: "Price of a slot, cached",
  description,
  request: { query: querySchema },
  responses: answers(priceSchema, "The price", 400, 429, 503),
});

type PriceRequest = z.output<typeof priceRequestSchema>;

export function priceRoutes({ tiered, token, source, cache, cacheMilliseconds }: PriceRoutes) {
  /** Null where the chain can't be asked and the baseline will do. */
  async function slotOf({ slot: asked, demandKwh }: PriceRequest): Promise<number | null> {
    const baselineWillDo = demandKwh !== undefined && asked === undefined;
    const current = await source.currentSlot().catch(orNull(baselineWillDo));
    if (current === null) return null;
    const slot = asked ?? current + 1;
    const last = current + source.slotsAhead;
    if (slot >= current && slot <= last) return slot;
    throw badRequest("slot", `expected one from ${current}, the present one, to ${last}`);
  }

  async function answer({ demandKwh }: PriceRequest, slot: number | null) {
    const question =
      slot === null ? UNKNOWN : await source.question(slot).catch(orNull(demandKwh !== undefined, UNKNOWN));
    const market = question === UNKNOWN || question === null ? null : priceSlot(question);
    const shown = market && presentSlot(market, token);
    const lack =
      question === UNKNOWN
        ? reasonOf("chain_unreachable")
        : question === null
          ? reasonOf("no_grid_prices")
          : market === null
            ? reasonOf("fee_too_high")
            : market.degraded;
    const tier = demandKwh === undefined ? null : presentTiered(demandKwh, tiered, token);
    const base = formatAmount(tiered.base, token.decimals);
    const [model, pricePerKwh] = tier
      ? (["tiered", tier.pricePerKwh] as const)
      : shown?.supplyDemandPerKwh
        ? (["supply_demand", shown.supplyDemandPerKwh.median] as const)
        : shown
          ? (["mid_market", shown.midMarketPerKwh] as const)
          : (["tiered", base] as const);
    return {
      currency: token.symbol,
      model,
      slot,
      startsAt: slot === null ? null : new Date(slot * source.slotDuration * 1000).toISOString(),
      ...(tier ?? { demandKwh: null, tier: null, step: null, rule: null }),
      base,
      pricePerKwh,
      market: shown,
      degraded: lack !== null,
      reason: lack?.reason ?? null,
      why: lack && presentWhy(lack.why),
    };
  }

  async function cached(request: PriceRequest) {
    const slot = await slotOf(request);
    const key = `${slot} ${request.demandKwh ?? ""}`;
    // What the chain did not say now it may say to the next.
    return cache.get("price", key, slot === null ? 0 : cacheMilliseconds, () => answer(request, slot));
  }

  return newRouter()
    .openapi(postPrice, async (c) => {
      return answerCached(c, await cached(c.req.valid("json")), "public") as never;
    })
    .openapi(getPrice, async (c) => answerCached(c, await cached(c.req.valid("query")), "public") as never);
}

const UNKNOWN: unique symbol = Symbol("unknown");

/** For `catch`: an instance of what can go wrong that may be met by less, unless it is the asker's own fault. */
function orNull(mayBe: boolean): (error: unknown) => null;
function orNull<T>(mayBe: boolean, instead: T): (error: unknown) => T;
function orNull<T>(mayBe: boolean, instead?: T) {
  return (error: unknown): T | null => {
    if (!mayBe || error instanceof ApiError) throw error;
    return instead ?? null;
  };
}

// Shapes of the public answers. Energy is in Wh where it was metered and in kWh where it is forecast, as the service says it.
import { z } from "zod/mini";

/** Integers that can outgrow a double are decimal strings. */
export const integer = z.pipe(
  z.string().check(z.regex(/^-?\d+$/)),
  z.transform((text) => BigInt(text)),
);
/** ISO 8601, as Unix seconds. */
export const moment = z.pipe(
  z.iso.datetime(),
  z.transform((text) => Date.parse(text) / 1000),
);

const band = { start: moment, lowerKwh: z.number(), upperKwh: z.number() };
const forecast = {
  /** Start of the first hour, which has begun. */
  issuedAt: moment,
  hours: z.number(),
  model: z.string(),
  /** 1 less the relative error of the last 28 days; null before a day was scored. */
  confidence: z.nullable(z.number()),
  /** Less than the best forecast, and why. */
  degraded: z.boolean(),
  degradedReason: z.nullable(z.string()),
  /** Of this model here: hours scored, mean absolute error an hour, share of hours within the interval. */
  trackRecord: z.nullable(z.object({ hours: z.number(), maeKwh: z.number(), coverage: z.nullable(z.number()) })),
};

/** Demand by the hour with its 80 % interval. */
export const demandForecastSchema = z.object({
  ...forecast,
  predictedDemand: z.number(),
  hourlyForecast: z.array(z.object({ ...band, demandKwh: z.number() })),
});
export type DemandForecast = z.output<typeof demandForecastSchema>;

/** Solar generation by the hour with its 80 % interval. */
export const solarForecastSchema = z.object({
  ...forecast,
  predictedGeneration: z.number(),
  hourlyForecast: z.array(z.object({ ...band, generationKwh: z.number() })),
});
export type SolarForecast = z.output<typeof solarForecastSchema>;

/** What was forecast for hours of the past and of now, before each of them began. */
export const issuedForecastsSchema = z.object({
  hours: z.array(z.object({ ...band, issuedAt: moment, model: z.string(), expectedKwh: z.number() })),
});
export type IssuedForecasts = z.output<typeof issuedForecastsSchema>;

/** Hours of all homes that are published. */
export const communityEnergySchema = z.object({
  tier: z.string(),
  hours: z.array(
    z.object({
      start: moment,
      homes: z.int(),
      productionWh: z.int(),
      consumptionWh: z.int(),
      capacityWatts: z.int(),
    }),
  ),
});
export type CommunityEnergy = z.output<typeof communityEnergySchema>;
export type CommunityHour = CommunityEnergy["hours"][number];

/** Measures of a window; null is what has no meaning or is not known there. Money in token base units. */
export const marketAnalysisSchema = z.object({
  window: z.object({ from: moment, to: moment }),
  trades: z.int(),
  volumeWh: integer,
  vwapPerKwh: z.nullable(integer),
  offeredWh: z.nullable(integer),
  /** Sold ÷ offered, 0 to 1. */
  soldShare: z.nullable(z.number()),
  producedWh: z.nullable(integer),
  consumedWh: z.nullable(integer),
  /** Used of the community's own ÷ consumed, and ÷ produced, 0 to 1. */
  selfSufficiency: z.nullable(z.number()),
  selfConsumption: z.nullable(z.number()),
  meteredHours: z.number(),
  /** Against the grid's retail price and feed-in tariff. */
  buyersSaved: z.nullable(integer),
  sellersGained: z.nullable(integer),
  feesPaid: integer,
  avoidedCarbonGrams: integer,
});
export type MarketAnalysis = z.output<typeof marketAnalysisSchema>;

const ratio = z.nullable(z.number());
/** A reason to be said in the reader's language; a parameter is null where the code has none of it. */
const priceReasonSchema = z.object({
  /** A newer service may have others than this page has words for. */
  code: z.string(),
  /** Surplus of neighbours ÷ their deficit, 10, 50 and 90 % of the outcomes; null in it: nothing is lacking. */
  ratio: z.nullable(z.object({ lower: ratio, median: ratio, upper: ratio })),
  fewestOwners: z.nullable(z.int()),
});
export type PriceReason = z.output<typeof priceReasonSchema>;

const suggestion = z.object({
  pricePerKwhBaseUnits: integer,
  /** In English. */
  reason: z.string(),
  why: priceReasonSchema,
  /** That all of it is sold, or bought; null where nothing was measured. */
  chance: z.nullable(
    z.object({
      /** 0 to 1. */
      probability: z.number(),
      basis: z.enum(["past_clearings", "forecast"]),
      /** Past slots that it was counted on. */
      slots: z.nullable(z.int()),
    }),
  ),
  /** The part of it that is expected to be sold, or bought, 0 to 1; null without a forecast. */
  expectedShare: z.nullable(z.number()),
  /** By the asks and bids that stand on the chain, or as if neighbours asked and bid as suggested. */
  shareBasis: z.nullable(z.enum(["standing_orders", "all_follow"])),
  /** `standing_orders`: moved to the nearest ask or bid of the other side that stands. */
  priceBasis: z.enum(["forecast", "standing_orders", "middle"]),
});
export type PriceSuggestion = z.output<typeof suggestion>;

/** Prices of a slot, and what to ask and to bid in it; null where that can't be told, which `reason` explains. */
export const priceSchema = z.object({
  slot: z.nullable(z.int()),
  startsAt: z.nullable(moment),
  market: z.nullable(z.object({ ask: suggestion, bid: suggestion })),
  degraded: z.boolean(),
  reason: z.nullable(z.string()),
  why: z.nullable(priceReasonSchema),
});
export type Price = z.output<typeof priceSchema>;

/** Each model's record, over at least five homes or for the community; the first of a scope and target is the preferred one. */
export const modelRecordsSchema = z.array(
  z.object({
    model: z.string(),
    target: z.enum(["load", "pv"]),
    scope: z.enum(["home", "community"]),
    trained: z.boolean(),
    homes: z.nullable(z.number()),
    record: z.nullable(
      z.object({
        hours: z.number(),
        maeWh: z.number(),
        relativeError: z.nullable(z.number()),
        coverage: z.nullable(z.number()),
      }),
    ),
  }),
);
export type ModelRecord = z.output<typeof modelRecordsSchema>[number];

const wh = z.number();
const tiers = z.object({ critical: wh, essential: wh, normal: wh });

/** Who is served when while the neighbourhood is an island. Energy in Wh of a slot of the plan. */
export const allocationPlanSchema = z.object({
  status: z.enum(["nothing_to_serve", "all_served", "some_shed", "critical_missing"]),
  slotSeconds: z.int(),
  countOn: z.enum(["lower", "median"]),
  slots: z.array(
    z.object({
      startsAt: moment,
      /** What the plan counts on. */
      solarWh: wh,
      servedWh: tiers,
      shedWh: tiers,
      curtailedWh: wh,
      chargedWh: wh,
      dischargedWh: wh,
      /** In all batteries at the slot's end. */
      storedWh: wh,
      reserveWh: wh,
      reserveShortWh: wh,
    }),
  ),
  shed: z.array(
    z.object({
      startsAt: moment,
      tier: z.enum(["critical", "essential", "normal"]),
      shedWh: wh,
      reason: z.enum(["nothing_left", "power_limit", "reserve", "kept_for_later"]),
    }),
  ),
  /** What to declare when, per slot of the contract. */
  declarations: z.array(
    z.object({
      startsAt: moment,
      normalWhPerSlot: integer,
      essentialWhPerSlot: integer,
      /** Unix seconds. */
      endsAt: z.int(),
      priceCap: z.nullable(integer),
    }),
  ),
});
export type AllocationPlan = z.output<typeof allocationPlanSchema>;
export type PlannedSlot = AllocationPlan["slots"][number];
export type PlanTier = AllocationPlan["shed"][number]["tier"];

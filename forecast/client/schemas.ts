// Shapes of the public answers. Energy is in Wh where it was metered and in kWh where it is forecast, as the service says it.
import { z } from "zod/mini";

/** Integers that can outgrow a double are decimal strings. */
const integer = z.pipe(
  z.string().check(z.regex(/^-?\d+$/)),
  z.transform((text) => BigInt(text)),
);
/** ISO 8601, as Unix seconds. */
const moment = z.pipe(
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

const suggestion = z.object({
  pricePerKwhBaseUnits: integer,
  reason: z.string(),
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
});

/** Prices of a slot, and what to ask and to bid in it; null where that can't be told, which `reason` explains. */
export const priceSchema = z.object({
  slot: z.nullable(z.int()),
  startsAt: z.nullable(moment),
  market: z.nullable(z.object({ ask: suggestion, bid: suggestion })),
  degraded: z.boolean(),
  reason: z.nullable(z.string()),
});
export type Price = z.output<typeof priceSchema>;

// Typed client of the forecast service's public answers: those of the community, which need no session.
import type { z } from "zod/mini";
import { dataOf, iso, type Query, type Stretch, urlOf, within } from "./request.ts";
import {
  allocationPlanSchema,
  communityEnergySchema,
  demandForecastSchema,
  issuedForecastsSchema,
  marketAnalysisSchema,
  modelRecordsSchema,
  priceSchema,
  solarForecastSchema,
} from "./schemas.ts";

export { ForecastError, type Stretch } from "./request.ts";
export * from "./schemas.ts";

export function createForecastClient(baseUrl: string, fetcher: typeof fetch = globalThis.fetch.bind(globalThis)) {
  async function get<T extends z.ZodMiniType>(path: string, schema: T, query: Query, signal?: AbortSignal) {
    const url = urlOf(baseUrl, path, query);
    return dataOf(await fetcher(url, { headers: { accept: "application/json" }, signal }), url, schema);
  }
  return {
    /** The community's demand, 1 to 48 hours from the one that has begun. */
    demand: (hours: number, signal?: AbortSignal) => get("forecast", demandForecastSchema, { hours }, signal),
    /** The same of its solar generation. */
    solar: (hours: number, signal?: AbortSignal) => get("solar-forecast", solarForecastSchema, { hours }, signal),
    /** What was forecast of the community for each hour before it began; at most 62 days. */
    issued: (target: "load" | "pv", stretch: Stretch, signal?: AbortSignal) =>
      get("community/forecasts", issuedForecastsSchema, { target, ...within(stretch) }, signal),
    /** What all homes produced and used, hours that are published; at most 62 days. */
    communityEnergy: (stretch: Stretch, signal?: AbortSignal) =>
      get("community/energy", communityEnergySchema, within(stretch), signal),
    /** Measures of the `days` (1 to 31) before `to`, by default the newest block. */
    marketAnalysis: ({ days, to }: { days: number; to?: number }, signal?: AbortSignal) =>
      get("market-analysis", marketAnalysisSchema, { days, to: to === undefined ? undefined : iso(to) }, signal),
    /** Each model and how it has done, over homes and for the community. */
    models: (signal?: AbortSignal) => get("models", modelRecordsSchema, {}, signal),
    /** Who is served when while the neighbourhood is an island; `countOn` the lower solar unless said otherwise. */
    allocationPlan: ({ hours, countOn }: { hours: number; countOn?: "lower" | "median" }, signal?: AbortSignal) =>
      get("allocation-plan", allocationPlanSchema, { hours, countOn }, signal),
    /** Prices of a slot, by default the one that begins next. */
    price: (slot?: number, signal?: AbortSignal) => get("price", priceSchema, { slot }, signal),
  };
}
export type ForecastClient = ReturnType<typeof createForecastClient>;

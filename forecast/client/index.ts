// Typed client of the forecast service's public answers: those of the community, which need no session.
import { z } from "zod/mini";
import {
  communityEnergySchema,
  demandForecastSchema,
  issuedForecastsSchema,
  marketAnalysisSchema,
  priceSchema,
  solarForecastSchema,
} from "./schemas.ts";

export * from "./schemas.ts";

/** An answer that is an error, or no answer of the promised shape. 503 is "not now": its message says why. */
export class ForecastError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "ForecastError";
    this.status = status;
    this.code = code;
  }
}

const envelopeSchema = z.union([
  z.object({ data: z.unknown(), error: z.null() }),
  z.object({ data: z.null(), error: z.object({ code: z.string(), message: z.string() }) }),
]);

/** Unix seconds, the last not included. */
export interface Stretch {
  from: number;
  to: number;
}

type Query = Record<string, string | number | undefined>;

const iso = (unixSeconds: number): string => new Date(unixSeconds * 1000).toISOString();
const within = ({ from, to }: Stretch) => ({ from: iso(from), to: iso(to) });

export function createForecastClient(baseUrl: string, fetcher: typeof fetch = globalThis.fetch.bind(globalThis)) {
  async function get<T extends z.ZodMiniType>(path: string, schema: T, query: Query, signal?: AbortSignal) {
    const url = new URL(`api/${path}`, baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`);
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(key, String(value));
    }
    const response = await fetcher(url, { headers: { accept: "application/json" }, signal });
    const badAnswer = () =>
      new ForecastError(response.status, "bad_answer", `${url.pathname} answered in an unknown shape`);
    const envelope = envelopeSchema.safeParse(await response.json().catch(() => null));
    if (!envelope.success) throw badAnswer();
    const { data, error } = envelope.data;
    if (error) throw new ForecastError(response.status, error.code, error.message);
    const parsed = schema.safeParse(data);
    if (!parsed.success) throw badAnswer();
    return parsed.data;
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
    /** Prices of a slot, by default the one that begins next. */
    price: (slot?: number, signal?: AbortSignal) => get("price", priceSchema, { slot }, signal),
  };
}
export type ForecastClient = ReturnType<typeof createForecastClient>;

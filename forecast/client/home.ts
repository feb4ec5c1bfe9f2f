// Typed client of what is a home's owner's alone: signing in (EIP-4361), homes, readings, forecasts, export, deletion.
import { z } from "zod/mini";
import { dataOf, ForecastError, type Query, type Stretch, urlOf, within } from "./request.ts";
import { demandForecastSchema, issuedForecastsSchema, moment, solarForecastSchema } from "./schemas.ts";

export { ForecastError, type Stretch } from "./request.ts";

const nonceSchema = z.object({ nonce: z.string(), chainId: z.int() });
const whoSchema = z.object({ address: z.string(), expiresAt: moment });
/** Who is signed in, lower case, and until when (Unix seconds). */
export type SignedIn = z.output<typeof whoSchema>;
const sessionSchema = z.extend(whoSchema, { token: z.string() });

const profileSchema = z.object({
  latitude: z.number(),
  longitude: z.number(),
  timeZone: z.string(),
  /** Of the panels; null where not known, or the contract's capacity. */
  capacityWatts: z.nullable(z.number()),
  /** From horizontal. */
  tiltDegrees: z.nullable(z.number()),
  /** Clockwise from north. */
  azimuthDegrees: z.nullable(z.number()),
});
export type HomeProfile = z.output<typeof profileSchema>;

const homeSchema = z.object({
  /** Address of its first meter. */
  houseId: z.string(),
  meter: z.string(),
  capacityWatts: z.number(),
  active: z.boolean(),
  tier: z.enum(["none", "normal", "essential", "critical"]),
  profile: z.nullable(profileSchema),
  /** How many are kept, and the stretch that they cover. */
  readings: z.number(),
  from: z.nullable(moment),
  to: z.nullable(moment),
});
export type Home = z.output<typeof homeSchema>;

const readingSchema = z.object({
  start: moment,
  lengthSeconds: z.number(),
  productionWh: z.number(),
  consumptionWh: z.number(),
});
export type Reading = z.output<typeof readingSchema>;
const readingsSchema = z.object({ readings: z.array(readingSchema), more: z.boolean() });

/** The most that the service gives at once. */
const PAGE = 3_000;

export interface HomeClientOptions {
  fetcher?: typeof fetch;
  /** Sent where the service's cookie is not; null asks by cookie alone. */
  token?: () => string | null;
}

interface Question {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  query?: Query;
  json?: unknown;
  signal?: AbortSignal | undefined;
}

export function createHomeClient(
  baseUrl: string,
  { fetcher = globalThis.fetch.bind(globalThis), token }: HomeClientOptions = {},
) {
  const send = async (path: string, { method = "GET", query, json, signal }: Question) => {
    const url = urlOf(baseUrl, path, query);
    const bearer = token?.() ?? null;
    const headers = {
      accept: "application/json",
      ...(json !== undefined && { "content-type": "application/json" }),
      ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
    };
    const body = json === undefined ? {} : { body: JSON.stringify(json) };
    const response = await fetcher(url, { method, headers, credentials: "include", signal: signal ?? null, ...body });
    return { response, url };
  };
  const ask = async <T extends z.ZodMiniType>(
    path: string,
    schema: T,
    question: Question = {},
  ): Promise<z.output<T>> => {
    const { response, url } = await send(path, question);
    return dataOf(response, url, schema);
  };
  const ofHome = (houseId: string, what: string) => `homes/${encodeURIComponent(houseId)}/${what}`;
  return {
    /** A nonce to sign in with, good once. */
    nonce: () => ask("session/nonce", nonceSchema, { method: "POST", json: {} }),
    /** The session comes as a cookie, and as a token for where a cookie is not sent. */
    signIn: (message: string, signature: string) =>
      ask("session", sessionSchema, { method: "POST", json: { message, signature } }),
    /** Null without a session, or with one that has ended. */
    async who(signal?: AbortSignal): Promise<SignedIn | null> {
      try {
        return await ask("session", whoSchema, { signal });
      } catch (cause) {
        if (cause instanceof ForecastError && cause.status === 401) return null;
        throw cause;
      }
    },
    signOut: () => ask("session", z.object({ signedOut: z.literal(true) }), { method: "DELETE" }),
    homes: (signal?: AbortSignal) => ask("homes", z.array(homeSchema), { signal }),
    /** All readings of a stretch, oldest first. */
    async readings(houseId: string, { from, to }: Stretch, signal?: AbortSignal): Promise<Reading[]> {
      const all: Reading[] = [];
      for (let start = from; ; ) {
        const query = { ...within({ from: start, to }), limit: PAGE };
        const { readings, more } = await ask(ofHome(houseId, "readings"), readingsSchema, { query, signal });
        all.push(...readings);
        const last = readings.at(-1);
        if (!more || !last) return all;
        start = last.start + 1;
      }
    },
    /** 1 to 48 hours from the one that has begun. */
    demand: (houseId: string, hours: number, signal?: AbortSignal) =>
      ask("forecast", demandForecastSchema, { query: { houseId, hours }, signal }),
    solar: (houseId: string, hours: number, signal?: AbortSignal) =>
      ask("solar-forecast", solarForecastSchema, { query: { houseId, hours }, signal }),
    /** What was forecast of each hour before it began. */
    issued: (houseId: string, target: "load" | "pv", stretch: Stretch, signal?: AbortSignal) =>
      ask(ofHome(houseId, "forecasts"), issuedForecastsSchema, { query: { target, ...within(stretch) }, signal }),
    /** Everything that is kept as JSON, or the readings as CSV. */
    async export(houseId: string, format: "json" | "csv"): Promise<Blob> {
      const { response, url } = await send(ofHome(houseId, "export"), { query: { format } });
      if (!response.ok) return dataOf(response, url, z.never());
      return response.blob();
    },
    /** Replaces where a home is and how its panels lie; the profile as kept. */
    saveProfile: (houseId: string, profile: HomeProfile) =>
      ask(ofHome(houseId, "profile"), profileSchema, { method: "PUT", json: profile }),
    /** Deletes all that is kept of a home, for good. */
    deleteData: (houseId: string) =>
      ask(ofHome(houseId, "data"), z.object({ deletedReadings: z.number() }), { method: "DELETE" }),
  };
}
export type HomeClient = ReturnType<typeof createHomeClient>;

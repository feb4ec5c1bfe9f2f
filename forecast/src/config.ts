import { join } from "node:path";
import type { Deployment } from "@gridx/contracts";
import { readDeployment, withSecretFiles } from "@gridx/contracts/node";
import { z } from "zod";
import { type BatteryKind, batteryKindsSchema } from "./allocation/schemas.ts";
import type { DatabasePlace } from "./database/database.ts";
import type { Place } from "./forecasts/series-store.ts";
import { type PriceSettings, priceSettings, priceVariables } from "./price/settings.ts";

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

export interface Config {
  host: string;
  port: number;
  logLevel: (typeof LOG_LEVELS)[number];
  /** Pages that may ask; `*` is any. */
  corsOrigins: string[];
  prices: PriceSettings;
  /** Null where none is configured: then there is no market analysis. */
  indexerUrl: string | null;
  /** Of the community as an island. */
  batteries: BatteryKind[];
  deployment: Deployment;
  /** Of one chain: where one fails, the next is asked. */
  rpcUrls: string[];
  database: DatabasePlace;
  /** Pages that may sign their visitors in. */
  signInOrigins: string[];
  /** Of one address; `perMinute` 0 is no limit. */
  rateLimit: { perMinute: number; trustedProxies: number };
  /** Seconds of the chain's clock in one of the world; 1 but on a local chain. */
  clockSpeed: number;
  /** Where the community lies. */
  place: Place;
  /** Hours of the chain's clock between trainings. */
  trainEveryHours: number;
  /** Open-Meteo, or what answers as it does; null asks nobody. */
  weatherUrl: string | null;
}

const batteries = z.string().transform((text, context): BatteryKind[] => {
  try {
    const parsed = batteryKindsSchema.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) context.addIssue(`${path.join(".") || "it"}: ${message}`);
  } catch {
    context.addIssue("expected a list of batteries as JSON");
  }
  return z.NEVER;
});

function isOrigin(text: string): boolean {
  if (text === "*") return true;
  return URL.canParse(text) && new URL(text).origin === text;
}

const url = (schemes: RegExp, advice: string) =>
  z.string({ error: `is not set; ${advice}` }).refine((text) => URL.canParse(text) && schemes.test(text), advice);

/** URLs by commas. */
const urls = (schemes: RegExp, advice: string) =>
  z
    .string({ error: `is not set; ${advice}` })
    .transform((text) => text.split(",").map((one) => one.trim()))
    .refine((all) => all.every((one) => URL.canParse(one) && schemes.test(one)), advice);

const number = (least: number, most: number, whole = false) => {
  const advice = `expected ${whole ? "a whole number" : "a number"} from ${least} to ${most}`;
  const range = z.coerce.number({ error: advice }).min(least, advice).max(most, advice);
  return whole ? range.int(advice) : range;
};

const deploymentFile = z
  .string({ error: "is not set; set it to the path of a deployment file" })
  .transform((path, context): Deployment => {
    try {
      return readDeployment(path);
    } catch (error) {
      context.addIssue(error instanceof Error ? error.message : String(error));
      return z.NEVER;
    }
  });

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

const environmentSchema = z
  .object({
    GRIDX_DEPLOYMENT: deploymentFile,
    RPC_URL: urls(/^https?:/, "set it to the http(s) URL of the chain's RPC, or to several by commas"),
    DATABASE_URL: url(/^postgres(ql)?:/, "set it to a postgres:// URL, or leave it out to use PGlite").optional(),
    PGLITE_DIRECTORY: z.string().optional(),
    SIGN_IN_ORIGINS: z
      .string()
      .transform((text) => text.split(",").map((origin) => origin.trim()))
      .refine((origins) => origins.every((origin) => origin !== "*" && isOrigin(origin)), "expected origins by commas")
      .optional(),
    RATE_LIMIT_PER_MINUTE: number(0, 1_000_000, true).default(100),
    TRUSTED_PROXIES: number(0, 10, true).default(0),
    CLOCK_SPEED: number(1, 3_600).default(1),
    COMMUNITY_LATITUDE: number(-90, 90).default(0),
    COMMUNITY_LONGITUDE: number(-180, 180).default(0),
    COMMUNITY_TIME_ZONE: z
      .string()
      .refine(isTimeZone, "expected an IANA time zone, such as Asia/Kolkata")
      .default("UTC"),
    TRAIN_EVERY_HOURS: number(1, 8_760, true).default(24),
    WEATHER_URL: url(/^https?:/, "set it to an http(s) URL, or leave it out to ask nobody").optional(),
    HOST: z.string().min(1).default("127.0.0.1"),
    PORT: z
      .string()
      .regex(/^\d+$/, "expected a port from 0 to 65535")
      .default("8000")
      .transform(Number)
      .pipe(z.number().max(65_535, "expected a port from 0 to 65535")),
    LOG_LEVEL: z.enum(LOG_LEVELS).default("info"),
    CORS_ORIGINS: z
      .string()
      .default("http://127.0.0.1:3000,http://localhost:3000")
      .transform((text) => text.split(",").map((origin) => origin.trim()))
      .refine((origins) => origins.every(isOrigin), 'expected origins such as https://example.org by commas, or "*"'),
    INDEXER_URL: url(/^https?:/, "set it to the http(s) URL of the indexer, or leave it out").optional(),
    BATTERIES: batteries.default([]),
    ...priceVariables,
  })
  .superRefine((env, context) => {
    const refuse = (name: keyof typeof env, message: string) =>
      context.addIssue({ code: "custom", path: [name], message });
    priceSettings(env, env.GRIDX_DEPLOYMENT, refuse);
  });

/** Thrown for a wrong environment; the message names each wrong variable, one a line. */
export class ConfigError extends Error {}

/** Each of them may be in a file that `<NAME>_FILE` names. */
function fromFiles(environment: Readonly<Record<string, string | undefined>>) {
  try {
    return withSecretFiles(environment, ["DATABASE_URL", "RPC_URL"]);
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}

/** Reads the environment; a variable that is empty counts as absent. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(fromFiles(environment)).filter(([, value]) => value !== ""));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"));
  }
  const env = parsed.data;
  const { chainId, address, runId } = env.GRIDX_DEPLOYMENT;
  const place = `pglite-${chainId}-${runId ?? address.toLowerCase()}`;
  return {
    deployment: env.GRIDX_DEPLOYMENT,
    rpcUrls: env.RPC_URL,
    database:
      env.DATABASE_URL === undefined
        ? { kind: "pglite", directory: join(env.PGLITE_DIRECTORY ?? ".gridx-forecast", place) }
        : { kind: "postgres", connectionString: env.DATABASE_URL },
    signInOrigins: env.SIGN_IN_ORIGINS ?? env.CORS_ORIGINS.filter((origin) => origin !== "*"),
    rateLimit: { perMinute: env.RATE_LIMIT_PER_MINUTE, trustedProxies: env.TRUSTED_PROXIES },
    clockSpeed: env.CLOCK_SPEED,
    place: {
      latitude: env.COMMUNITY_LATITUDE,
      longitude: env.COMMUNITY_LONGITUDE,
      timeZone: env.COMMUNITY_TIME_ZONE,
    },
    trainEveryHours: env.TRAIN_EVERY_HOURS,
    weatherUrl: env.WEATHER_URL ?? null,
    host: env.HOST,
    port: env.PORT,
    logLevel: env.LOG_LEVEL,
    corsOrigins: env.CORS_ORIGINS,
    prices: priceSettings(env, env.GRIDX_DEPLOYMENT, () => {}),
    indexerUrl: env.INDEXER_URL ?? null,
    batteries: env.BATTERIES,
  };
}

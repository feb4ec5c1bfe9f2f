import { z } from "zod";
import { parseHundredths } from "./money.ts";
import { MAX_DEMAND_KWH, type Tariff } from "./price.ts";

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

export interface Config {
  host: string;
  port: number;
  logLevel: (typeof LOG_LEVELS)[number];
  /** Pages that may ask; `*` is any. */
  corsOrigins: string[];
  tariff: Tariff;
}

const money = z.string().transform((text, context) => {
  const hundredths = parseHundredths(text.trim());
  if (hundredths !== null) return hundredths;
  context.addIssue(`expected an amount with at most two digits after the point, such as 5.00, got "${text}"`);
  return z.NEVER;
});

const kwh = z
  .string()
  .regex(/^\s*\d+(\.\d+)?\s*$/, "expected a number of kWh, such as 2.0")
  .transform(Number)
  .pipe(z.number().max(MAX_DEMAND_KWH));

function isOrigin(text: string): boolean {
  if (text === "*") return true;
  return URL.canParse(text) && new URL(text).origin === text;
}

const environmentSchema = z
  .object({
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
    PRICE_CURRENCY: z
      .string()
      .regex(/^[A-Za-z]{3,8}$/, "expected a currency's code of 3 to 8 letters")
      .default("INR"),
    PRICE_BASE: money.default(500n),
    PRICE_LOW_STEP: money.default(-50n),
    PRICE_HIGH_STEP: money.default(50n),
    PRICE_LOW_BELOW_KWH: kwh.default(2),
    PRICE_HIGH_ABOVE_KWH: kwh.default(4),
  })
  .superRefine((env, context) => {
    const refuse = (name: keyof typeof env, message: string) =>
      context.addIssue({ code: "custom", path: [name], message });
    if (env.PRICE_BASE < 0n) refuse("PRICE_BASE", "must not be negative");
    if (env.PRICE_LOW_STEP > 0n) refuse("PRICE_LOW_STEP", "lowers the price, so it must not be above 0");
    if (env.PRICE_HIGH_STEP < 0n) refuse("PRICE_HIGH_STEP", "raises the price, so it must not be below 0");
    if (env.PRICE_BASE + env.PRICE_LOW_STEP < 0n) refuse("PRICE_LOW_STEP", "makes the price negative");
    if (env.PRICE_LOW_BELOW_KWH > env.PRICE_HIGH_ABOVE_KWH) {
      refuse("PRICE_LOW_BELOW_KWH", "must not be above PRICE_HIGH_ABOVE_KWH");
    }
  });

/** Thrown for a wrong environment; the message names each wrong variable, one a line. */
export class ConfigError extends Error {}

/** Reads the environment; a variable that is empty counts as absent. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"));
  }
  const env = parsed.data;
  return {
    host: env.HOST,
    port: env.PORT,
    logLevel: env.LOG_LEVEL,
    corsOrigins: env.CORS_ORIGINS,
    tariff: {
      currency: env.PRICE_CURRENCY,
      base: env.PRICE_BASE,
      lowStep: env.PRICE_LOW_STEP,
      highStep: env.PRICE_HIGH_STEP,
      lowBelowKwh: env.PRICE_LOW_BELOW_KWH,
      highAboveKwh: env.PRICE_HIGH_ABOVE_KWH,
    },
  };
}

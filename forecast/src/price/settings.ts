// Prices of the environment, in base units of the settlement token.
import type { Deployment } from "@gridx/contracts";
import { parseUnits } from "viem";
import { z } from "zod";
import type { Token } from "./present.ts";
import { MAX_DEMAND_KWH, type TieredTariff } from "./tiered.ts";

export interface PriceSettings {
  tiered: TieredTariff;
  token: Token;
  /** What the grid charges and pays per kWh; null where it is not set. */
  grid: { retailPerKwh: bigint; feedInPerKwh: bigint } | null;
}

const amount = z.string().transform((text, context) => {
  if (/^\s*-?\d{1,9}(\.\d{1,18})?\s*$/.test(text)) return text.trim();
  context.addIssue(`expected an amount such as 5.00, got "${text}"`);
  return z.NEVER;
});
const kwh = z
  .string()
  .regex(/^\s*\d+(\.\d+)?\s*$/, "expected a number of kWh, such as 2.0")
  .transform(Number)
  .pipe(z.number().max(MAX_DEMAND_KWH));

export const priceVariables = {
  PRICE_CURRENCY: z
    .string()
    .regex(/^[A-Za-z]{3,8}$/, "expected a currency's code of 3 to 8 letters")
    .optional(),
  PRICE_BASE: amount.default("5.00"),
  PRICE_LOW_STEP: amount.default("-0.50"),
  PRICE_HIGH_STEP: amount.default("0.50"),
  PRICE_LOW_BELOW_KWH: kwh.default(2),
  PRICE_HIGH_ABOVE_KWH: kwh.default(4),
  RETAIL_PRICE: amount.optional(),
  FEED_IN_TARIFF: amount.optional(),
};
export type PriceVariables = z.output<z.ZodObject<typeof priceVariables>>;

type Refuse = (name: keyof PriceVariables, message: string) => void;

/** Reads the amounts in the token's decimals. What is wrong is told to `refuse`, by the variable's name. */
export function priceSettings(
  env: PriceVariables,
  { tokenDecimals, tokenSymbol }: Pick<Deployment, "tokenDecimals" | "tokenSymbol">,
  refuse: Refuse,
): PriceSettings {
  const read = (name: "PRICE_BASE" | "PRICE_LOW_STEP" | "PRICE_HIGH_STEP" | "RETAIL_PRICE" | "FEED_IN_TARIFF") => {
    const text = env[name] ?? "0";
    const digits = text.split(".")[1]?.replace(/0+$/, "").length ?? 0;
    if (digits > tokenDecimals) refuse(name, `at most ${tokenDecimals} digits after the point: the token has no more`);
    return parseUnits(text, tokenDecimals);
  };
  const [base, lowStep, highStep] = [read("PRICE_BASE"), read("PRICE_LOW_STEP"), read("PRICE_HIGH_STEP")];
  if (base < 0n) refuse("PRICE_BASE", "must not be negative");
  if (lowStep > 0n) refuse("PRICE_LOW_STEP", "lowers the price, so it must not be above 0");
  if (highStep < 0n) refuse("PRICE_HIGH_STEP", "raises the price, so it must not be below 0");
  if (base + lowStep < 0n) refuse("PRICE_LOW_STEP", "makes the price negative");
  const { PRICE_LOW_BELOW_KWH: lowBelowKwh, PRICE_HIGH_ABOVE_KWH: highAboveKwh } = env;
  if (lowBelowKwh > highAboveKwh) refuse("PRICE_LOW_BELOW_KWH", "must not be above PRICE_HIGH_ABOVE_KWH");
  const [retailPerKwh, feedInPerKwh] = [read("RETAIL_PRICE"), read("FEED_IN_TARIFF")];
  const given = env.RETAIL_PRICE !== undefined;
  if (given !== (env.FEED_IN_TARIFF !== undefined)) {
    refuse(given ? "FEED_IN_TARIFF" : "RETAIL_PRICE", "set retail price and feed-in tariff both, or neither");
  } else if (given && retailPerKwh <= 0n) refuse("RETAIL_PRICE", "must be above 0");
  else if (feedInPerKwh < 0n) refuse("FEED_IN_TARIFF", "must not be negative");
  else if (feedInPerKwh > retailPerKwh) refuse("FEED_IN_TARIFF", "must not be above RETAIL_PRICE");
  return {
    tiered: { base, lowStep, highStep, lowBelowKwh, highAboveKwh },
    token: { symbol: env.PRICE_CURRENCY ?? tokenSymbol, decimals: tokenDecimals },
    grid: given ? { retailPerKwh, feedInPerKwh } : null,
  };
}

import { formatHundredths } from "./money.ts";

/** The most demand that a price is asked for, in kWh. */
export const MAX_DEMAND_KWH = 1_000_000;

/** The tiered baseline: a base price, lowered for little demand and raised for much. Money in hundredths. */
export interface Tariff {
  currency: string;
  base: bigint;
  /** Added below `lowBelowKwh`; at most 0. */
  lowStep: bigint;
  /** Added above `highAboveKwh`; at least 0. */
  highStep: bigint;
  lowBelowKwh: number;
  highAboveKwh: number;
}

export interface Price {
  demandKwh: number;
  /** Decimal text with two digits, in `currency`. */
  pricePerKwh: string;
  currency: string;
  tier: "low" | "base" | "high";
  base: string;
  /** What the tier adds to the base. */
  step: string;
  /** How the price came about, in words. */
  rule: string;
}

/** Price for a demand. A demand exactly on a threshold pays the base. */
export function priceFor(demandKwh: number, tariff: Tariff): Price {
  const { currency, lowBelowKwh, highAboveKwh } = tariff;
  const base = formatHundredths(tariff.base);
  const priced = (tier: Price["tier"], step: bigint, rule: string): Price => ({
    demandKwh,
    pricePerKwh: formatHundredths(tariff.base + step),
    currency,
    tier,
    base,
    step: formatHundredths(step),
    rule,
  });
  if (demandKwh < lowBelowKwh) {
    const discount = formatHundredths(-tariff.lowStep);
    return priced("low", tariff.lowStep, `demand below ${lowBelowKwh} kWh: base ${base} less ${discount}`);
  }
  if (demandKwh > highAboveKwh) {
    const surcharge = formatHundredths(tariff.highStep);
    return priced("high", tariff.highStep, `demand above ${highAboveKwh} kWh: base ${base} plus ${surcharge}`);
  }
  return priced("base", 0n, `demand from ${lowBelowKwh} to ${highAboveKwh} kWh: base ${base}`);
}

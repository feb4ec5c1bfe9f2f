/** The most demand that a price is asked for, in kWh. */
export const MAX_DEMAND_KWH = 1_000_000;

/** The tiered baseline: a base price, lowered for little demand and raised for much. Base units of the settlement token per kWh. */
export interface TieredTariff {
  base: bigint;
  /** Added below `lowBelowKwh`; at most 0. */
  lowStep: bigint;
  /** Added above `highAboveKwh`; at least 0. */
  highStep: bigint;
  lowBelowKwh: number;
  highAboveKwh: number;
}

export interface TieredPrice {
  tier: "low" | "base" | "high";
  /** What the tier adds to the base. */
  step: bigint;
  pricePerKwh: bigint;
}

/** Price for a demand. A demand exactly on a threshold pays the base. */
export function tieredPrice(demandKwh: number, tariff: TieredTariff): TieredPrice {
  const { base, lowStep, highStep, lowBelowKwh, highAboveKwh } = tariff;
  if (demandKwh < lowBelowKwh) return { tier: "low", step: lowStep, pricePerKwh: base + lowStep };
  if (demandKwh > highAboveKwh) return { tier: "high", step: highStep, pricePerKwh: base + highStep };
  return { tier: "base", step: 0n, pricePerKwh: base };
}

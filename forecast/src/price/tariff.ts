import { askWithinLimit } from "@gridx/contracts";

/** What trading is measured against. Prices in base units of the settlement token per kWh. */
export interface GridTariff {
  /** What a home pays for a kWh of the grid. */
  retailPerKwh: bigint;
  /** What the grid pays for a kWh that is fed in. */
  feedInPerKwh: bigint;
  /** The market's fee, which the buyer pays on top of a trade's price, in hundredths of a percent. */
  feeBps: bigint;
}

/** The range of trades in which neither side does worse than with the grid. */
export interface PriceRange {
  /** The feed-in tariff: a seller takes no less. */
  lowest: bigint;
  /** What with the fee is still within the retail price: a buyer pays no more. */
  highest: bigint;
}

/** Null where the fee eats up what there is between feed-in tariff and retail price. */
export function rangeOf({ retailPerKwh, feedInPerKwh, feeBps }: GridTariff): PriceRange | null {
  const highest = askWithinLimit(retailPerKwh, feeBps);
  return highest < feedInPerKwh ? null : { lowest: feedInPerKwh, highest };
}

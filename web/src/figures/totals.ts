// Sums over slots or days of the market, and over a wallet's trades.
import type { SlotMarket, Trade } from "@gridx/indexer/client";

type Totals = Pick<SlotMarket, "volumeWh" | "turnover" | "high" | "low" | "trades" | "carbonGrams" | "fees">;

export interface MarketTotals {
  volumeWh: bigint;
  turnover: bigint;
  fees: bigint;
  carbonGrams: bigint;
  trades: number;
  /** Null where nothing was traded, as are high and low. Rounded down, as the indexer does. */
  averagePerKwh: bigint | null;
  high: bigint | null;
  low: bigint | null;
}

const more = (a: bigint | null, b: bigint | null) => (a === null ? b : b === null || a > b ? a : b);
const less = (a: bigint | null, b: bigint | null) => (a === null ? b : b === null || a < b ? a : b);

export function totalsOf(parts: readonly Totals[]): MarketTotals {
  const sum: MarketTotals = {
    ...{ volumeWh: 0n, turnover: 0n, fees: 0n, carbonGrams: 0n, trades: 0 },
    ...{ averagePerKwh: null, high: null, low: null },
  };
  for (const part of parts) {
    sum.volumeWh += part.volumeWh;
    sum.turnover += part.turnover;
    sum.fees += part.fees;
    sum.carbonGrams += part.carbonGrams;
    sum.trades += part.trades;
    sum.high = more(sum.high, part.high);
    sum.low = less(sum.low, part.low);
  }
  if (sum.volumeWh > 0n) sum.averagePerKwh = (sum.turnover * 1000n) / sum.volumeWh;
  return sum;
}

export interface MyTotals {
  boughtWh: bigint;
  /** With fees. */
  paid: bigint;
  soldWh: bigint;
  earned: bigint;
}

/** What a wallet bought and sold in these trades. */
export function myTotals(trades: readonly Trade[], me: string): MyTotals {
  const sum: MyTotals = { boughtWh: 0n, paid: 0n, soldWh: 0n, earned: 0n };
  for (const { buyer, seller, energyWh, payment, feePaid } of trades) {
    if (buyer === me) {
      sum.boughtWh += energyWh;
      sum.paid += payment + feePaid;
    }
    if (seller === me) {
      sum.soldWh += energyWh;
      sum.earned += payment;
    }
  }
  return sum;
}

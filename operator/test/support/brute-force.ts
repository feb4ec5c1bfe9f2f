// The best clearing of a tiny market by trying every price and every whole-Wh allocation.
import type { Market } from "../../src/clear/market.ts";
import { netLimit } from "./markets.ts";

interface Best {
  welfare: bigint;
  energyWh: bigint;
  /** Lowest and highest price at which a best allocation leaves nobody who would rather trade more, or less. */
  lowest: bigint | null;
  highest: bigint | null;
}

/** Every way to take up to so much of each. */
function* allocations(most: readonly bigint[]): Generator<bigint[]> {
  const [first, ...others] = most;
  if (first === undefined) return yield [];
  for (const rest of allocations(others)) for (let taken = 0n; taken <= first; taken += 1n) yield [taken, ...rest];
}

const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);

/** Whether sales and purchases can be paired with nobody meeting themselves: by trying all pairings (as a flow). */
export function canPair(sold: Map<string, bigint>, bought: Map<string, bigint>): boolean {
  const seller = [...sold].find(([, wh]) => wh > 0n);
  if (!seller) return [...bought.values()].every((wh) => wh === 0n);
  for (const [buyer, wh] of bought) {
    if (wh === 0n || buyer === seller[0]) continue;
    const next = canPair(new Map(sold).set(seller[0], seller[1] - 1n), new Map(bought).set(buyer, wh - 1n));
    if (next) return true;
  }
  return false;
}

export function bruteForce({ asks, bids, feeBps }: Market, { ownEnergy = true } = {}): Best {
  const limits = bids.map(({ limitPerKwh }) => netLimit(limitPerKwh, feeBps));
  const highestPrice = [...limits].sort((a, b) => Number(b - a))[0] ?? 0n;
  let best: Best = { welfare: 0n, energyWh: 0n, lowest: null, highest: null };
  for (let price = 1n; price <= highestPrice; price += 1n) {
    const mostSold = asks.map((ask) => (ask.pricePerKwh > 0n && ask.pricePerKwh <= price ? ask.energyWh : 0n));
    const mostBought = bids.map((bid, index) => ((limits[index] ?? 0n) >= price ? bid.energyWh : 0n));
    for (const sold of allocations(mostSold)) {
      for (const bought of allocations(mostBought)) {
        const energyWh = sum(sold);
        if (energyWh === 0n || energyWh !== sum(bought)) continue;
        const value = sum(bought.map((wh, index) => wh * (limits[index] ?? 0n)));
        const welfare = value - sum(sold.map((wh, index) => wh * (asks[index]?.pricePerKwh ?? 0n)));
        if (welfare < best.welfare || (welfare === best.welfare && energyWh < best.energyWh)) continue;
        const better = welfare > best.welfare || energyWh > best.energyWh;
        if (!ownEnergy) {
          const sales = new Map(asks.map(({ seller }, index) => [seller as string, sold[index] ?? 0n]));
          const purchases = new Map(bids.map(({ buyer }, index) => [buyer as string, bought[index] ?? 0n]));
          if (!canPair(sales, purchases)) continue;
        }
        if (better) best = { welfare, energyWh, lowest: null, highest: null };
        const content =
          asks.every((ask, i) => ask.pricePerKwh === 0n || ask.pricePerKwh >= price || sold[i] === ask.energyWh) &&
          bids.every((bid, i) => (limits[i] ?? 0n) <= price || bought[i] === bid.energyWh);
        if (!content) continue;
        best.lowest ??= price;
        best.highest = price;
      }
    }
  }
  return best;
}

// Measures of a market, each with its formula. Energy in Wh, money in base units of the settlement token.

/** What of a trade the measures need. */
export interface TradeFacts {
  seller: string;
  buyer: string;
  slot: number;
  energyWh: bigint;
  /** What the seller receives per kWh. */
  pricePerKwh: bigint;
  /** What the seller received, and what the buyer paid on top. */
  payment: bigint;
  feePaid: bigint;
  carbonGrams: bigint;
}

export const sumOf = <T>(items: readonly T[], of: (item: T) => bigint): bigint =>
  items.reduce((sum, item) => sum + of(item), 0n);

/** Volume-weighted average price: Σ price × energy / Σ energy, rounded to the nearest base unit. Null without energy. */
export function vwap(trades: readonly TradeFacts[]): bigint | null {
  const energyWh = sumOf(trades, (trade) => trade.energyWh);
  if (energyWh === 0n) return null;
  return (sumOf(trades, (trade) => trade.energyWh * trade.pricePerKwh) + energyWh / 2n) / energyWh;
}

/**
 * Herfindahl–Hirschman index: Σ (100 × share)², over participants, of energy. From almost 0 (many alike) to 10,000 (one alone);
 * competition authorities call a market concentrated from 1,800 to 2,500 on. Null without energy.
 */
export function concentration(trades: readonly TradeFacts[], side: "seller" | "buyer"): number | null {
  const byWho = new Map<string, bigint>();
  for (const { [side]: who, energyWh } of trades) byWho.set(who, (byWho.get(who) ?? 0n) + energyWh);
  const all = sumOf(trades, (trade) => trade.energyWh);
  if (all === 0n) return null;
  const squares = sumOf([...byWho.values()], (energyWh) => energyWh * energyWh);
  return Number((squares * 10_000n + (all * all) / 2n) / (all * all));
}

/**
 * The median of the slopes between all pairs of points (Sen, "Estimates of the Regression Coefficient Based on Kendall's Tau",
 * JASA 63, 1968): a day that is out of line does not move it. Null with fewer than three points.
 */
export function theilSenSlope(points: readonly (readonly [x: number, y: number])[]): number | null {
  if (points.length < 3) return null;
  const slopes: number[] = [];
  for (const [index, [x1, y1]] of points.entries()) {
    for (const [x2, y2] of points.slice(index + 1)) if (x1 !== x2) slopes.push((y2 - y1) / (x2 - x1));
  }
  slopes.sort((a, b) => a - b);
  const [low, high] = [slopes[Math.floor((slopes.length - 1) / 2)], slopes[Math.ceil((slopes.length - 1) / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** Energy of all homes in one stretch of time, gross, as metered. */
export interface MeteredEnergy {
  /** Unix seconds. */
  startsAt: number;
  lengthSeconds: number;
  productionWh: bigint;
  consumptionWh: bigint;
}

/**
 * What the community used of its own: Σ min(production, consumption). It equals what each home used of its own and what neighbours
 * could have passed to each other: Σₕ min(pₕ, cₕ) + min(Σₕ surplus, Σₕ deficit) = min(Σₕ pₕ, Σₕ cₕ).
 */
export const usedLocallyWh = (energy: readonly MeteredEnergy[]): bigint =>
  sumOf(energy, ({ productionWh, consumptionWh }) => lesser(productionWh, consumptionWh));

const lesser = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** From 0 to 1, to four digits; null where the whole is nothing. */
export const share = (part: bigint, whole: bigint): number | null =>
  whole === 0n ? null : Number((part * 10_000n + whole / 2n) / whole) / 10_000;

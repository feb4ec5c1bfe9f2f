// From the forecasts of homes to how the surplus and the deficit of all of them may turn out.
import type { Balance } from "./rules.ts";

/** A forecast of one slot, in Wh. */
export interface Quantiles {
  /** 10 %. */
  lowerWh: number;
  medianWh: number;
  /** 90 %. */
  upperWh: number;
}

/** What one home will consume, and what its panels will produce, gross. */
export interface HomeForecast {
  /** Whose it is: who has two homes counts once. */
  owner: string;
  load: Quantiles;
  solar: Quantiles;
}

/** Each tenth of a distribution holds 20 of them. */
const SCENARIOS = 200;

/**
 * The value at a probability: straight lines through the three quantiles, which go on beyond them. Never below 0; quantiles
 * that cross count in the order of their size.
 */
export function quantileFunction({ lowerWh, medianWh, upperWh }: Quantiles): (probability: number) => number {
  const [low = 0, middle = 0, high = 0] = [lowerWh, medianWh, upperWh].sort((a, b) => a - b);
  const [below, above] = [(middle - low) / 0.4, (high - middle) / 0.4];
  return (probability) => Math.max(0, middle + (probability - 0.5) * (probability < 0.5 ? below : above));
}

/**
 * Equally likely outcomes, the same for the same forecasts. One sun shines on all, so solar is high or low in all homes at once;
 * what each home consumes is taken to be its own affair. Latin hypercube sampling (McKay, Beckman, Conover 1979): each
 * variable goes through all of its strata once, in an order of its own. `bidsWh` is demand that is certain: standing bids of
 * those who have no meter.
 */
export function scenariosOf(homes: readonly HomeForecast[], bidsWh = 0n): Balance[] {
  const sun = strata(0);
  const functions = homes.map(({ load, solar }, home) => ({
    load: quantileFunction(load),
    solar: quantileFunction(solar),
    order: strata(home + 1),
  }));
  return Array.from({ length: SCENARIOS }, (_, scenario) => {
    let surplus = 0;
    let deficit = 0;
    for (const { load, solar, order } of functions) {
      const net = solar(sun[scenario] ?? 0.5) - load(order[scenario] ?? 0.5);
      if (net > 0) surplus += net;
      else deficit -= net;
    }
    return { surplusWh: BigInt(Math.round(surplus)), deficitWh: BigInt(Math.round(deficit)) + bidsWh };
  });
}

const orders: number[][] = [];

/** The middles of equal parts of 0 to 1, shuffled (Fisher and Yates) by a generator of this seed. */
function strata(seed: number): number[] {
  const known = orders[seed];
  if (known) return known;
  const next = mulberry32(seed);
  const values = Array.from({ length: SCENARIOS }, (_, index) => (index + 0.5) / SCENARIOS);
  for (let last = SCENARIOS - 1; last > 0; last -= 1) {
    const other = Math.floor(next() * (last + 1));
    [values[last], values[other]] = [values[other] ?? 0.5, values[last] ?? 0.5];
  }
  orders[seed] = values;
  return values;
}

/** Tommy Ettinger's generator (public domain): numbers from 0 to below 1. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

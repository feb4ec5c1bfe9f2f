// Medians and quantiles over the days of a clock hour and the hours beside it: robust where single days are erratic.

/** Values of a clock hour and its two neighbours over the last days, sorted, each with how many days ago it was. */
export interface Neighbourhood {
  values: Float64Array;
  daysAgo: Uint8Array;
  /** 2 for the hour itself, 1 for its neighbours. */
  weight: Uint8Array;
}

/** Values are told apart to 0.01 Wh, so that a value and where it comes from sort as one number. */
const STEPS = 100;
const PLACES = 256;

/** The three series hold at most 64 days each, newest first. */
export function neighbourhood(own: Float64Array, next: Float64Array, previous: Float64Array): Neighbourhood {
  const keys = new Float64Array(own.length + next.length + previous.length);
  let count = 0;
  for (const series of [own, next, previous]) {
    const mine = series === own ? 128 : 0;
    for (let d = 0; d < series.length; d += 1) {
      const value = series[d] as number;
      if (!Number.isNaN(value)) keys[count++] = Math.round(value * STEPS) * PLACES + mine + d;
    }
  }
  const sorted = keys.subarray(0, count).sort();
  const result = { values: new Float64Array(count), daysAgo: new Uint8Array(count), weight: new Uint8Array(count) };
  for (let i = 0; i < count; i += 1) {
    const key = sorted[i] as number;
    const steps = Math.floor(key / PLACES);
    const place = key - steps * PLACES;
    result.values[i] = steps / STEPS;
    result.daysAgo[i] = place % 128;
    result.weight[i] = place >= 128 ? 2 : 1;
  }
  return result;
}

const powers = new Map<number, Float64Array>();

/** Weight of each day: `decay` times that of the day after it. */
function fading(decay: number): Float64Array {
  let table = powers.get(decay);
  if (!table) {
    table = Float64Array.from({ length: 64 }, (_, d) => decay ** d);
    powers.set(decay, table);
  }
  return table;
}

/**
 * For each share in `quantiles` (rising) the value below which that share of the weight lies, each day weighing `decay` times the one
 * after it; NaN where none counts. `counts` has a number above 0 for the days that count; all do where it is left out.
 */
export function weightedQuantiles(
  { values, daysAgo, weight }: Neighbourhood,
  quantiles: readonly number[],
  decay: number,
  counts?: Uint8Array,
): number[] {
  const table = fading(decay);
  const weightAt = (i: number) => {
    const d = daysAgo[i] as number;
    return counts && counts[d] === 0 ? 0 : (weight[i] as number) * (table[d] as number);
  };
  let total = 0;
  for (let i = 0; i < values.length; i += 1) total += weightAt(i);
  const result: number[] = [];
  let sum = 0;
  for (let i = 0; i < values.length && result.length < quantiles.length; i += 1) {
    const own = weightAt(i);
    sum += own;
    while (own > 0 && result.length < quantiles.length && sum >= (quantiles[result.length] as number) * total) {
      result.push(values[i] as number);
    }
  }
  while (result.length < quantiles.length) result.push(total > 0 ? (values.at(-1) as number) : Number.NaN);
  return result;
}

// Small sums over values of which some are unknown (NaN).

export const known = (values: Float64Array): Float64Array => values.filter((value) => !Number.isNaN(value));

/** Mean of the known ones; NaN where there is none. */
export function meanOf(...values: number[]): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
  }
  return count > 0 ? sum / count : Number.NaN;
}

/** Simple exponential smoothing of values, newest first, over those known: each weighs `1 - alpha` times the one after it. */
export function smoothed(newestFirst: Float64Array, alpha: number): number {
  let sum = 0;
  let total = 0;
  let weight = 1;
  for (const value of newestFirst) {
    if (!Number.isNaN(value)) {
      sum += weight * value;
      total += weight;
    }
    weight *= 1 - alpha;
  }
  return total > 0 ? sum / total : Number.NaN;
}

/** Quantile by linear interpolation between sorted values (type 7 of Hyndman and Fan, 1996); NaN where there is none. */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  const a = sorted[low] as number;
  const b = sorted[Math.min(sorted.length - 1, low + 1)] as number;
  return a + (b - a) * (at - low);
}

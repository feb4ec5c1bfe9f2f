// Measures of forecasts against what came.

/** One hour of one forecast and what came of it, in Wh. */
export interface Outcome {
  lower: number;
  point: number;
  upper: number;
  actual: number;
  /** The meter's reading of this hour is doubted. */
  faulty: boolean;
  /** The interval of this hour counts for coverage (for solar: daylight). */
  counted: boolean;
}

export interface Scores {
  hours: number;
  /** Wh. */
  mae: number;
  rmse: number;
  /** Mean absolute error by that of the seasonal naive forecast before the first origin. */
  mase: number;
  /** Mean pinball loss of the 10, 50 and 90 % quantiles, Wh. */
  pinball: number;
  /** Share of hours inside the 80 % interval. */
  coverage: number;
}

/** Pinball loss of a quantile's forecast. */
export const pinball = (q: number, forecast: number, actual: number): number =>
  actual >= forecast ? q * (actual - forecast) : (1 - q) * (forecast - actual);

/** Mean absolute change from the same hour a day before, over all known hours before `end`: the scale of MASE (Hyndman and Koehler, 2006). */
export function naiveScale(values: Float64Array, end: number): number {
  let sum = 0;
  let count = 0;
  for (let i = 24; i < Math.min(end, values.length); i += 1) {
    const change = Math.abs((values[i] as number) - (values[i - 24] as number));
    if (Number.isNaN(change)) continue;
    sum += change;
    count += 1;
  }
  return sum / count;
}

export function scoresOf(outcomes: readonly Outcome[], scale: number): Scores {
  let absolute = 0;
  let squared = 0;
  let loss = 0;
  let counted = 0;
  let inside = 0;
  for (const { lower, point, upper, actual, counted: counts } of outcomes) {
    absolute += Math.abs(actual - point);
    squared += (actual - point) ** 2;
    loss += (pinball(0.1, lower, actual) + pinball(0.5, point, actual) + pinball(0.9, upper, actual)) / 3;
    if (!counts) continue;
    counted += 1;
    if (actual >= lower && actual <= upper) inside += 1;
  }
  const hours = outcomes.length;
  return {
    hours,
    mae: absolute / hours,
    rmse: Math.sqrt(squared / hours),
    mase: absolute / hours / scale,
    pinball: loss / hours,
    coverage: inside / counted,
  };
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [a = Number.NaN, b = Number.NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (a + b) / 2;
}

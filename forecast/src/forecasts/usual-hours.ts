// The last resort: where every model doubts what a home's meter says, what it said is all there is.
import type { Forecast } from "../models/model.ts";
import { blank, QUANTILES, setHour } from "../models/quantiles.ts";
import { HOUR_SECONDS, type HouseSeries, type Target, valuesOf } from "../series/house-series.ts";
import { known, quantileOfSorted } from "../series/statistics.ts";

/** Named in answers, as models are. */
export const USUAL_HOURS = "usual-hours";
const DAYS = 28;

/** Quantiles of the same hour of the last 28 known days, doubted ones too; null where nothing was ever known before the origin. */
export function usualHours(series: HouseSeries, target: Target, origin: number, hours: number): Forecast | null {
  const end = Math.max(0, (origin - series.startSeconds) / HOUR_SECONDS);
  const past = valuesOf(series, target).subarray(0, end);
  const all = known(past)
    .slice(-DAYS * 24)
    .sort();
  if (all.length === 0) return null;
  const forecast = blank(hours);
  for (let h = 0; h < hours; h += 1) {
    const same: number[] = [];
    for (let i = end + h - 24 * (Math.floor(h / 24) + 1); i >= 0 && same.length < DAYS; i -= 24) {
      const value = past[i];
      if (value !== undefined && !Number.isNaN(value)) same.push(value);
    }
    const sorted = same.length > 0 ? Float64Array.from(same).sort() : all;
    const [lower = 0, point = 0, upper = 0] = QUANTILES.map((q) => quantileOfSorted(sorted, q));
    setHour(forecast, h, lower, point, upper);
  }
  return forecast;
}

// Simple models that stay available beside the better ones. They learn nothing: each forecast comes from the series' own last weeks.
import { wallHour, zoneOffset } from "../series/clock.ts";
import { FAULT, findFaults } from "../series/faults.ts";
import { HOUR_SECONDS, type HouseSeries, type Target, valuesOf } from "../series/house-series.ts";
import { known, quantileOfSorted } from "../series/statistics.ts";
import { wallSeries } from "../series/wall-series.ts";
import type { Forecast, Model } from "./model.ts";
import { blank, setHour } from "./quantiles.ts";

/** Smoothing factor of the original specification. */
export const ALPHA = 0.3;
/** Days whose errors make the interval. */
const ERROR_DAYS = 28;
/** What simple models look at before those. */
const LOOK_BACK_DAYS = 42;

/** Values before an origin, oldest first, by the wall clock's hours, NaN where unknown; says the `hours` that follow. */
type Point = (past: Float64Array, hours: number) => Float64Array;

/** One level for all hours: level += α (value − level). */
export const flatSmoothing: Point = (past, hours) => {
  let level = Number.NaN;
  for (const value of past) {
    if (!Number.isNaN(value)) level = Number.isNaN(level) ? value : level + ALPHA * (value - level);
  }
  return new Float64Array(hours).fill(level);
};

/** The same for each hour of day by itself. */
export const hourlySmoothing: Point = (past, hours) => {
  const levels = new Float64Array(24).fill(Number.NaN);
  const shift = 24 - (past.length % 24);
  past.forEach((value, i) => {
    const h = (i + shift) % 24;
    const level = levels[h] as number;
    if (!Number.isNaN(value)) levels[h] = Number.isNaN(level) ? value : level + ALPHA * (value - level);
  });
  return Float64Array.from({ length: hours }, (_, h) => levels[h % 24] as number);
};

/** The newest known value of the same hour of day. */
export const seasonalNaive: Point = (past, hours) =>
  Float64Array.from({ length: hours }, (_, h) => {
    let i = past.length + (h % 24) - 24;
    while (i >= 0 && Number.isNaN(past[i])) i -= 24;
    return past[i] ?? Number.NaN;
  });

/** Additive Holt-Winters with a damped trend and a season of 24 hours: Gardner and McKenzie (1985), Management Science 31:1237. */
export const holtWinters: Point = (past, hours) => {
  const [alpha, beta, gamma, damping] = [0.05, 0.001, 0.2, 0.98];
  const first = known(past.subarray(0, 72));
  const season = new Float64Array(24);
  let level = first.reduce((sum, value) => sum + value, 0) / first.length;
  let trend = 0;
  const shift = 24 - (past.length % 24);
  for (let h = 0; h < 24; h += 1) {
    const seen = known(Float64Array.from([0, 1, 2], (d) => past[((h - shift + 48) % 24) + 24 * d] ?? Number.NaN));
    season[h] = seen.length > 0 ? seen.reduce((sum, value) => sum + value, 0) / seen.length - level : 0;
  }
  past.forEach((value, i) => {
    const h = (i + shift) % 24;
    const usual = season[h] as number;
    const ahead = level + damping * trend;
    if (Number.isNaN(value)) {
      level = ahead;
      trend *= damping;
      return;
    }
    const next = alpha * (value - usual) + (1 - alpha) * ahead;
    trend = beta * (next - level) + (1 - beta) * damping * trend;
    season[h] = gamma * (value - ahead) + (1 - gamma) * usual;
    level = next;
  });
  let fading = 0;
  return Float64Array.from({ length: hours }, (_, h) => {
    fading = (fading + 1) * damping;
    return Math.max(0, level + fading * trend + (season[h % 24] as number));
  });
};

const POINTS = {
  smoothing: flatSmoothing,
  "hourly-smoothing": hourlySmoothing,
  "seasonal-naive": seasonalNaive,
  "holt-winters": holtWinters,
} as const;

export type BaselineName = keyof typeof POINTS;
export const BASELINE_NAMES = Object.keys(POINTS) as BaselineName[];

/** A baseline for a target. Its interval comes from what it would have missed by at each hour of the last 28 days. */
export function baseline(name: BaselineName, target: Target, scope: Model["scope"] = "home"): Model<null> {
  const point = POINTS[name];
  return {
    name,
    target,
    scope,
    fit: () => null,
    predict(_, house, originSeconds, hours): Forecast {
      const { past, ahead } = recent(house, target, originSeconds, hours);
      const most = Math.max(...ahead, 0) + 1;
      const points = point(past, most);
      if (Number.isNaN(points[0])) return blank(hours, `no usable reading in ${LOOK_BACK_DAYS + ERROR_DAYS} days`);
      // Errors of the same forecast, made one to 28 days ago.
      const errors = Array.from({ length: most }, () => [] as number[]);
      for (let d = 1; d <= ERROR_DAYS; d += 1) {
        const end = past.length - 24 * d;
        if (end < 24) break;
        point(past.subarray(0, end), Math.min(24, most)).forEach((value, h) => {
          const error = (past[end + h] ?? Number.NaN) - value;
          if (!Number.isNaN(error)) errors[h]?.push(error);
        });
      }
      const forecast = blank(hours, known(past.subarray(-24)).length === 0 ? "no reading for a day and longer" : null);
      ahead.forEach((h, i) => {
        const value = points[h] as number;
        const sorted = (errors[h % 24] as number[]).sort((a, b) => a - b);
        const by = (q: number) => value + (sorted.length > 0 ? quantileOfSorted(sorted, q) : 0);
        setHour(forecast, i, by(0.1), value, by(0.9));
      });
      return forecast;
    },
  };
}

function recent(house: HouseSeries, target: Target, originSeconds: number, hours: number) {
  const from = originSeconds - (LOOK_BACK_DAYS + ERROR_DAYS) * 24 * HOUR_SECONDS;
  const faults = findFaults(house, target, originSeconds, from);
  const values = valuesOf(house, target).slice(0, faults.length);
  for (let i = 0; i < faults.length; i += 1) if (faults[i] === FAULT.stuck) values[i] = Number.NaN;
  const { start, values: cells } = wallSeries(house, values, originSeconds, from);
  const offset = zoneOffset(house.timeZone);
  const origin = wallHour(originSeconds, offset);
  const ahead = Array.from({ length: hours }, (_, h) => {
    return Math.max(0, wallHour(originSeconds + h * HOUR_SECONDS, offset) - origin);
  });
  const begun = cells.findIndex((value) => !Number.isNaN(value));
  return { past: begun < 0 ? cells.subarray(0, 0) : cells.subarray(begun, Math.max(begun, origin - start)), ahead };
}

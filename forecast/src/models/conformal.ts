// Intervals that keep their promise: how wide they should have been over the last weeks says how wide to make them. Split conformal
// prediction (Vovk, Gammerman, Shafer 2005) with each side scaled by itself, over a rolling window in which newer days weigh more (Barber
// and others, 2023, "Conformal prediction beyond exchangeability"), since homes and seasons change.
import type { Forecast } from "./model.ts";
import { setHour } from "./quantiles.ts";

/** Days of outcomes that count, and after how many an outcome counts half: spring is not as winter was. */
export const CONFORMAL_DAYS = 56;
const HALF_LIFE_DAYS = 10;
/** Days of its own before a home stands for itself; until then it shares the scale of all homes. */
const OWN_DAYS = 14;
/** Share of hours that must lie inside each end. */
const SIDE = 0.9;
/** The model's interval is kept within these factors. */
const LEAST = 0.2;
const MOST = 5;
/** An end nearer to the point than this share of the home's usual distance counts as this far. */
const LEAST_WIDTH = 0.02;

/** By how much to stretch the distance from the point to each end. */
export interface IntervalScale {
  lower: number;
  upper: number;
}

export const UNSCALED: IntervalScale = { lower: 1, upper: 1 };

/** For homes by id, and for homes that are not among them. */
export interface IntervalScales {
  homes: Map<string, IntervalScale>;
  others: IntervalScale;
}

export const scaleOf = (scales: IntervalScales, id: string): IntervalScale => scales.homes.get(id) ?? scales.others;

/** The same forecast with its interval stretched. Hours that are certain (night) stay so. */
export function stretched(forecast: Forecast, { lower, upper }: IntervalScale): Forecast {
  const result: Forecast = {
    lowerWh: forecast.lowerWh.slice(),
    pointWh: forecast.pointWh.slice(),
    upperWh: forecast.upperWh.slice(),
    degraded: forecast.degraded,
  };
  forecast.pointWh.forEach((point, h) => {
    if (Number.isNaN(point)) return;
    const below = point - (forecast.lowerWh[h] as number);
    const above = (forecast.upperWh[h] as number) - point;
    setHour(result, h, point - lower * below, point, point + upper * above);
  });
  return result;
}

interface Day {
  id: string;
  day: number;
  /** Outcome beyond the point by the forecast's own distance to its end. */
  lower: number[];
  upper: number[];
}

/** Remembers what became of unstretched forecasts. */
export class ConformalRecord {
  private days: Day[] = [];

  /** `day` counts days; `actualWh` has NaN where the outcome is unknown. A day of a home is added once. */
  add(id: string, day: number, forecast: Forecast, actualWh: ArrayLike<number>): void {
    const spans = (end: Float64Array) => end.map((value, h) => Math.abs(value - (forecast.pointWh[h] as number)));
    const [below, above] = [spans(forecast.lowerWh), spans(forecast.upperWh)];
    const usual = (widths: Float64Array) => widths.reduce((sum, width) => sum + (width || 0), 0) / widths.length;
    const least = { below: LEAST_WIDTH * usual(below), above: LEAST_WIDTH * usual(above) };
    const lower: number[] = [];
    const upper: number[] = [];
    for (let h = 0; h < forecast.pointWh.length; h += 1) {
      const error = (actualWh[h] ?? Number.NaN) - (forecast.pointWh[h] as number);
      // Night: nothing to learn.
      if (Number.isNaN(error) || (forecast.upperWh[h] as number) <= 0) continue;
      lower.push(-error / Math.max(1e-9, below[h] as number, least.below));
      upper.push(error / Math.max(1e-9, above[h] as number, least.above));
    }
    if (lower.length > 0) this.days.push({ id, day, lower, upper });
  }

  /** Scales by the 56 days before `day`; what is older is forgotten. */
  scales(day: number): IntervalScales {
    this.days = this.days.filter((each) => each.day >= day - CONFORMAL_DAYS && each.day < day);
    const ids = new Set(this.days.map(({ id }) => id));
    const homes = new Map<string, IntervalScale>();
    for (const id of ids) {
      const own = this.days.filter((each) => each.id === id);
      if (own.length >= OWN_DAYS) homes.set(id, scaleFrom(own, day));
    }
    return { homes, others: scaleFrom(this.days, day) };
  }
}

/** Scores are told apart to a millionth, so that a score and its age in days (below 64) sort as one number. */
const STEPS = 1e6;
const AGES = 64;

function scaleFrom(days: readonly Day[], today: number): IntervalScale {
  const side = (of: (day: Day) => number[]) => {
    const keys = Float64Array.from(
      days.flatMap((day) =>
        of(day).map(
          (score) => Math.round(Math.max(-MOST, Math.min(2 * MOST, score)) * STEPS) * AGES + (today - day.day),
        ),
      ),
    ).sort();
    if (keys.length < 24) return 1;
    const weights = keys.map((key) => 0.5 ** ((key - Math.floor(key / AGES) * AGES) / HALF_LIFE_DAYS));
    // Without the finite-sample correction, by which the outcome to come counts as one beyond all: it promises no less than 90 % at each end,
    // and holds more where newer outcomes weigh so much that few count. Here the promise is 80 % between them, neither less nor more.
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let below = 0;
    const at = weights.findIndex((weight) => {
      below += weight;
      return below >= SIDE * total;
    });
    const score = at < 0 ? MOST : Math.floor((keys[at] as number) / AGES) / STEPS;
    return Math.min(MOST, Math.max(LEAST, score));
  };
  return { lower: side((day) => day.lower), upper: side((day) => day.upper) };
}

// What a forecast says to whoever asked: sums, trend and advice, in kWh and in words.
import { HOUR_SECONDS, type HouseSeries, valuesOf } from "../series/house-series.ts";
import type { IssuedForecast } from "./engine.ts";
import type { TrackRecord } from "./track-record.ts";

export type Trend = "rising" | "falling" | "steady" | "unknown";

/** A day counts as changed from here on. */
const STEADY = 0.05;
const TREND_DAYS = 7;

const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
const kwh = (wattHours: number): number => Math.round(wattHours) / 1000;
const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** The forecast against the same hours of the last seven days: more than 5 % above is rising, below falling. */
export function trendOf(forecast: IssuedForecast, series: HouseSeries): Trend {
  const values = valuesOf(series, forecast.target);
  const first = (forecast.origin - series.startSeconds) / HOUR_SECONDS;
  let [ahead, past] = [0, 0];
  for (const [index, point] of forecast.pointWh.entries()) {
    const days: number[] = [];
    for (let day = 1; day <= TREND_DAYS; day += 1) {
      // Hours ahead of a second day look at the days before the origin too.
      const back = first + index - (Math.floor(index / 24) + day) * 24;
      const value = values[back];
      if (back < first && value !== undefined && !Number.isNaN(value)) days.push(value);
    }
    if (days.length === 0) continue;
    ahead += point;
    past += sum(days) / days.length;
  }
  if (past === 0) return ahead === 0 && first > 0 ? "steady" : "unknown";
  const change = ahead / past - 1;
  return change > STEADY ? "rising" : change < -STEADY ? "falling" : "steady";
}

export interface HourlyForecast {
  start: string;
  kwh: number;
  lowerKwh: number;
  upperKwh: number;
}

export const hourlyOf = ({ origin, pointWh, lowerWh, upperWh }: IssuedForecast): HourlyForecast[] =>
  [...pointWh].map((point, index) => ({
    start: iso(origin + index * HOUR_SECONDS),
    kwh: kwh(point),
    lowerKwh: kwh(lowerWh[index] ?? 0),
    upperKwh: kwh(upperWh[index] ?? 0),
  }));

/** What every forecast's answer has. */
export function commonAnswer(forecast: IssuedForecast, series: HouseSeries, record: TrackRecord | null) {
  return {
    issuedAt: iso(forecast.origin),
    hours: forecast.pointWh.length,
    totalKwh: kwh(sum(forecast.pointWh)),
    model: forecast.model,
    confidence: confidenceOf(record),
    trackRecord: record && {
      hours: record.hours,
      maeKwh: kwh(record.maeWh),
      coverage: record.coverage,
    },
    trend: trendOf(forecast, series),
    degraded: forecast.degraded !== null,
    degradedReason: forecast.degraded,
  };
}

/** 1 less the relative error of what this model forecast here in the last four weeks, at least 0; null before that is known. */
function confidenceOf(record: TrackRecord | null): number | null {
  if (record === null || record.relativeError === null) return null;
  return Math.round(Math.max(0, 1 - record.relativeError) * 1000) / 1000;
}

/** Advice from a home's forecasts: when its panels will give more than it uses, or when it will use most. */
export function adviceOf(load: IssuedForecast, solar: IssuedForecast | null, timeZone: string): string {
  const surplus = [...load.pointWh].map((point, index) => (solar?.pointWh[index] ?? 0) - point);
  const span = bestSpan(surplus);
  const clock = (index: number): string => clockOf(load.origin + index * HOUR_SECONDS, timeZone);
  if (span && kwh(span.sum) >= 0.1) {
    const energy = kwh(span.sum).toFixed(1);
    return (
      `Run what can wait between ${clock(span.from)} and ${clock(span.to)}: solar is expected to give ${energy} kWh more ` +
      "than is used then. What is left over can be sold."
    );
  }
  const peak = [...load.pointWh].reduce((best, value, index, all) => (value > (all[best] ?? 0) ? index : best), 0);
  const most = kwh(load.pointWh[peak] ?? 0).toFixed(1);
  const solarWords = solar ? "Solar is not expected to exceed what is used. " : "";
  return `${solarWords}Most is expected to be used from ${clock(peak)} (${most} kWh in the hour); what can wait costs less at another time.`;
}

/** Hours in a row with the greatest sum above zero. */
function bestSpan(values: readonly number[]): { from: number; to: number; sum: number } | null {
  let best: { from: number; to: number; sum: number } | null = null;
  let [from, running] = [0, 0];
  for (const [index, value] of values.entries()) {
    if (value <= 0) {
      [from, running] = [index + 1, 0];
      continue;
    }
    running += value;
    if (!best || running > best.sum) best = { from, to: index + 1, sum: running };
  }
  return best;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(seconds: number, timeZone: string): string {
  const known = clocks.get(timeZone);
  const format = known ?? new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
  if (!known) clocks.set(timeZone, format);
  return format.format(seconds * 1000);
}

// What the solar model is told about a daylight hour to come. Days are counted in 24 hours, not by the wall clock: the sun keeps none.
import { FAULT, findFaults } from "../series/faults.ts";
import { HOUR_SECONDS, type HouseSeries } from "../series/house-series.ts";
import { known, meanOf, quantileOfSorted, smoothed } from "../series/statistics.ts";
import { clearSkyHour } from "./clear-sky.ts";

/** Days that the envelope looks back. */
const ENVELOPE_DAYS = 28;
/** The envelope is the production that three of four days stay below: clear, but not the best hour ever seen. */
const ENVELOPE_QUANTILE = 0.75;
/** How much the sun may have changed between a past day and the one asked for. */
const LEAST_RATIO = 0.5;
const MOST_RATIO = 2;
/** A day cannot have been clearer than this: where it looks so, the envelope is too low. */
const MOST_CLEARNESS = 1.3;
/** Below this envelope there is no saying, in Wh. */
const LEAST_SCALE = 20;

export interface SolarRow {
  /** Regressors, as shares of `scale`. */
  row: Float64Array;
  /** Envelope and most that was seen at this hour, in Wh. */
  envelope: number;
  most: number;
  /** Forecast irradiance by that of a clear sky; NaN where no weather is known. */
  sky: number;
}

export interface SolarRows {
  /** The envelope's highest hour, in Wh. */
  scale: number;
  /** One for each hour; null at night. */
  rows: (SolarRow | null)[];
}

/** Production before `untilSeconds` with dead panels taken out, by the series' own positions. */
export interface SolarData {
  values: Float64Array;
  faults: Uint8Array;
}

export function solarData(house: HouseSeries, untilSeconds: number, fromSeconds = house.startSeconds): SolarData {
  const faults = findFaults(house, "pv", untilSeconds, fromSeconds);
  const values = house.pvWh.slice(0, faults.length);
  for (let i = 0; i < faults.length; i += 1) if (faults[i] === FAULT.dead) values[i] = Number.NaN;
  return { values, faults };
}

/** Features of the hours from position `origin` on; null where the panels' envelope is not known. Reads `values` before `origin` alone. */
export function solarRows(house: HouseSeries, values: Float64Array, origin: number, hours: number): SolarRows | null {
  const clear = (i: number) => clearSkyHour(house.startSeconds + i * HOUR_SECONDS, house);
  const read = (i: number) => (i < origin ? (values[i] ?? Number.NaN) : Number.NaN);
  /** Production of the same hour of day, newest first, brought to the sun's present height. */
  const past = (i: number) => {
    const newest = i - 24 * Math.ceil((i - origin + 1) / 24);
    const sun = clear(i);
    return Float64Array.from({ length: ENVELOPE_DAYS }, (_, d) => {
      const then = clear(newest - 24 * d);
      if (then <= 0) return Number.NaN;
      return read(newest - 24 * d) * Math.min(MOST_RATIO, Math.max(LEAST_RATIO, sun / then));
    });
  };
  const looked = Array.from({ length: hours }, (_, h) => (clear(origin + h) > 0 ? past(origin + h) : null));
  const envelope = looked.map((days) => (days ? quantileOfSorted(known(days).sort(), ENVELOPE_QUANTILE) : 0));
  // The first day's envelope stands for the days before it: they differ by minutes of sunshine.
  const dayEnvelope = Array.from({ length: 24 }, (_, h) => {
    if (h < hours) return envelope[h] as number;
    return clear(origin + h) > 0 ? quantileOfSorted(known(past(origin + h)).sort(), ENVELOPE_QUANTILE) : 0;
  });
  const scale = Math.max(0, ...dayEnvelope.filter((value) => !Number.isNaN(value)));
  if (scale < LEAST_SCALE) return null;
  /** Production of a whole past day by its envelope. */
  const clearness = (daysAgo: number, counts: (h: number) => boolean = () => true) => {
    let made = 0;
    let possible = 0;
    dayEnvelope.forEach((most, h) => {
      const value = read(origin + h - 24 * daysAgo);
      if (Number.isNaN(value) || !(most > 0) || !counts(h)) return;
      made += value;
      possible += most;
    });
    return possible > 0 ? Math.min(MOST_CLEARNESS, made / possible) : Number.NaN;
  };
  const days = Float64Array.from({ length: 7 }, (_, d) => clearness(d + 1));
  const usual = quantileOfSorted(known(days).sort(), 0.5);
  if (Number.isNaN(usual)) return null;
  const orUsual = (value: number) => (Number.isNaN(value) ? usual : value);
  const day1 = orUsual(days[0] as number);
  const day2 = orUsual(days[1] as number);
  // The last four bright hours before the origin's night, or before the origin by day.
  const late = lateHours(dayEnvelope, scale);
  const evening = orUsual(clearness(1, (h) => late.has(h)));
  const rows = looked.map((seen, h): SolarRow | null => {
    if (!seen) return null;
    const values14 = seen.subarray(0, 14);
    const median7 = quantileOfSorted(known(seen.subarray(0, 7)).sort(), 0.5);
    const top = orElse(envelope[h] as number, 0);
    const e = top / scale;
    const share = (wh: number) => orElse(wh, top * usual) / scale;
    const beside = [looked[h - 1]?.[0], looked[h + 1]?.[0]].map((wh) => wh ?? 0);
    return {
      envelope: top,
      most: Math.max(0, ...known(seen)),
      sky: irradianceShare(house, origin + h, clear(origin + h)),
      row: Float64Array.of(
        1,
        e,
        e * day1,
        e * day2,
        e * usual,
        e * evening,
        e * day1 * day1,
        e * day1 * usual,
        share(seen[0] as number),
        share(median7),
        share(smoothed(values14, 0.2)),
        share(meanOf(...beside)),
      ),
    };
  });
  return { scale, rows };
}

const orElse = (value: number, fallback: number) => (Number.isNaN(value) ? fallback : value);

function lateHours(dayEnvelope: readonly number[], scale: number): Set<number> {
  const bright = dayEnvelope.map((most, h) => ({ most, h })).filter(({ most }) => most > scale * 0.1);
  return new Set(bright.slice(-4).map(({ h }) => h));
}

function irradianceShare(house: HouseSeries, i: number, clear: number): number {
  const { weather } = house;
  if (!weather || clear < 20) return Number.NaN;
  const at = (house.startSeconds - weather.startSeconds) / HOUR_SECONDS + i;
  return Math.min(1.5, (weather.irradianceWm2[at] ?? Number.NaN) / clear);
}

// Homes that never were, for tests: habits by the wall clock, panels under the sun, all of it from a seed.
import { clearSkyHour } from "../../src/models/clear-sky.ts";
import { sequence } from "../../src/models/gbdt.ts";
import { wallHour, weekdayOf, zoneOffset } from "../../src/series/clock.ts";
import { HOUR_SECONDS, type HouseSeries } from "../../src/series/house-series.ts";

export interface Synthetic {
  id?: string;
  seed?: number;
  days?: number;
  /** Unix seconds. */
  start?: number;
  timeZone?: string;
  latitude?: number;
  longitude?: number;
  capacityWatts?: number;
  /** Mean of an hour, Wh. */
  level?: number;
  /** 0: the same every day. */
  noise?: number;
}

/** Monday 4 January 2016, midnight in Los Angeles. */
export const START = Date.UTC(2016, 0, 4, 8) / 1000;

export function home({
  id = "home",
  seed = 1,
  days = 70,
  start = START,
  timeZone = "America/Los_Angeles",
  latitude = 34,
  longitude = -118,
  capacityWatts = 4000,
  level = 800,
  noise = 1,
}: Synthetic = {}): HouseSeries {
  const random = sequence(seed);
  const offset = zoneOffset(timeZone);
  const loadWh = new Float64Array(days * 24);
  const pvWh = new Float64Array(days * 24);
  let cloud = 0;
  for (let i = 0; i < loadWh.length; i += 1) {
    const seconds = start + i * HOUR_SECONDS;
    const wall = wallHour(seconds, offset);
    const hour = wall % 24;
    const weekend = weekdayOf(wall) % 6 === 0;
    const habit = 0.4 + (hour >= 18 && hour <= 21 ? 1.8 : 0) + (weekend && hour >= 9 && hour <= 16 ? 1 : 0);
    const spike = random() < 0.08 * noise ? 4 * random() : 0;
    loadWh[i] = level * (habit * (1 + noise * 0.4 * (random() - 0.5)) + spike);
    if (i % 24 === 0) cloud = noise * (random() < 0.3 ? random() : 0.1 * random());
    const shade = Math.max(0, 1 - cloud - noise * 0.1 * random());
    pvWh[i] = (capacityWatts * 0.8 * clearSkyHour(seconds, { latitude, longitude }) * shade) / 1000;
  }
  return { id, capacityWatts, latitude, longitude, timeZone, startSeconds: start, loadWh, pvWh };
}

export const homes = (count: number, like: Synthetic = {}): HouseSeries[] =>
  Array.from({ length: count }, (_, i) => home({ ...like, id: `home-${i}`, seed: 100 + i, level: 500 + 200 * i }));

export const at = (house: HouseSeries, days: number, hours = 0): number =>
  house.startSeconds + (days * 24 + hours) * HOUR_SECONDS;

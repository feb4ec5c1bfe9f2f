// What the demand models are told about an hour to come: from the calendar and from what the home used before the origin.
import { weekdayOf } from "../series/clock.ts";
import { DAYS_BACK, type History } from "../series/history.ts";
import { known, meanOf, quantileOfSorted, smoothed } from "../series/statistics.ts";
import { neighbourhood, weightedQuantiles } from "./neighbourhood.ts";

/** Names in the order of a row. Energies are shares of the home's mean hour, so that one model serves large homes and small. */
export const DEMAND_FEATURES = [
  // Calendar and how far ahead.
  "hour",
  "weekday",
  "weekend",
  "ahead",
  // The same clock hour: the newest day, the ones before it, and the same weekday of two weeks; with the hours beside it.
  "day1",
  "day2",
  "day3",
  "day7",
  "day14",
  "near1",
  "near7",
  // Level of the clock hour over days.
  "smooth30",
  "smooth10",
  "smooth03",
  "smoothNear",
  "median7",
  "median28",
  "sameKind",
  // Medians over days and the hours beside it, newer days counting more; the last one over days of the same kind (weekend or not).
  "fastMedian",
  "slowMedian",
  "kindMedian",
  // Spread of the clock hour.
  "low28",
  "high28",
  "quartile1",
  "quartile3",
  // Recent level and spread of the whole home.
  "last1",
  "last3",
  "last24",
  "last72",
  "last168",
  "spread",
  "low24",
  "evening",
  "night",
  "logScale",
  // By how much the last hour and the last six differ from their usual, in square roots, fading with the hours ahead.
  "deviation1",
  "deviation6",
] as const;

export type DemandFeature = (typeof DEMAND_FEATURES)[number];
const COLUMN = new Map<DemandFeature, number>(DEMAND_FEATURES.map((name, i) => [name, i]));
export const columnOf = (name: DemandFeature): number => COLUMN.get(name) ?? -1;

/** Rows for the hours from an origin on, and the mean hour in Wh that they are shares of. */
export interface DemandRows {
  scale: number;
  rows: Float64Array[];
}

const root = (value: number) => Math.sqrt(Math.max(0, value));
const isWeekend = (wallHour: number) => weekdayOf(wallHour) % 6 === 0;

/** The home's mean hour over four weeks, or over what is known of them; NaN where nothing is. */
export function recentScale(history: History): number {
  for (const days of [DAYS_BACK, 7, 2]) {
    const mean = history.recentMean(24 * days);
    if (!Number.isNaN(mean)) return mean;
  }
  return Number.NaN;
}

/** A value for each of the 24 hours after the origin, made when first asked for; any hour ahead is one of them. */
function lazily<T>(make: (h: number) => T): (h: number) => T {
  const made = new Array<T | undefined>(24);
  return (h) => {
    const at = ((h % 24) + 24) % 24;
    const value = made[at] ?? make(at);
    made[at] = value;
    return value;
  };
}

/** Features of each hour that is asked for (0 is the origin's own), or null where the home's level is unknown or zero. */
export function demandRows(history: History, ahead: readonly number[]): DemandRows | null {
  const scale = recentScale(history);
  if (!(scale > 0)) return null;
  const { origin } = history;
  const hourly = Array.from({ length: 24 }, (_, h) => history.sameHour(origin + h, DAYS_BACK));
  const days = (h: number) => hourly[((h % 24) + 24) % 24] as Float64Array;
  const clockHour = (hour: number) => days(hour - origin);
  const profile = lazily((h) => {
    const values = days(h);
    const sorted = known(values).sort();
    return {
      smooth30: smoothed(values, 0.3),
      smooth10: smoothed(values, 0.1),
      smooth03: smoothed(values, 0.03),
      median7: quantileOfSorted(known(values.subarray(0, 7)).sort(), 0.5),
      median28: quantileOfSorted(sorted, 0.5),
      low28: quantileOfSorted(sorted, 0.1),
      high28: quantileOfSorted(sorted, 0.9),
    };
  });
  const around = lazily((h) => {
    const near = neighbourhood(days(h), days(h + 1), days(h - 1));
    const [fast] = weightedQuantiles(near, [0.5], 0.75);
    const [first, slow, third] = weightedQuantiles(near, [0.25, 0.5, 0.75], 0.9);
    return { near, fast, first, slow, third };
  });
  const lastDay = Float64Array.from({ length: 24 }, (_, k) => history.at(origin - 1 - k));
  const deviation = Array.from({ length: 6 }, (_, k) => {
    return root((lastDay[k] as number) / scale) - root(profile(-1 - k).median28 / scale);
  });
  let moves = 0;
  let moved = 0;
  for (let k = 1; k <= 168; k += 1) {
    const move = Math.abs(history.at(origin - k) - history.at(origin - k - 24));
    if (Number.isNaN(move)) continue;
    moves += 1;
    moved += move;
  }
  const level = {
    last1: history.recentMean(1),
    last3: history.recentMean(3),
    last24: history.recentMean(24),
    last72: history.recentMean(72),
    last168: history.recentMean(168),
    spread: moves > 0 ? moved / moves : Number.NaN,
    low24: quantileOfSorted(known(lastDay).sort(), 0.1),
    evening: meanOf(...[18, 19, 20, 21].map((hour) => clockHour(hour)[0] as number)),
    night: meanOf(...[2, 3, 4].map((hour) => profile(hour - origin).smooth30)),
  };
  const deviation1 = deviation[0] as number;
  const deviation6 = meanOf(...deviation);
  const rows = ahead.map((h) => {
    const at = origin + h;
    const weekend = isWeekend(at);
    const values = days(h);
    const newest = at - 24 * Math.ceil((h + 1) / 24);
    const alike: number[] = [];
    const sameKind = new Uint8Array(DAYS_BACK);
    for (let d = 0; d < DAYS_BACK; d += 1) {
      if (isWeekend(newest - 24 * d) !== weekend) continue;
      sameKind[d] = 1;
      if (alike.length < 8) alike.push(values[d] as number);
    }
    const { near, fast, slow, first, third } = around(h);
    const own = profile(h);
    const beside = [profile(h - 1).smooth30, profile(h + 1).smooth30] as const;
    const share = (wh: number | undefined) => (wh ?? Number.NaN) / scale;
    return Float64Array.of(
      ((at % 24) + 24) % 24,
      weekdayOf(at),
      weekend ? 1 : 0,
      h + 1,
      share(values[0]),
      share(values[1]),
      share(values[2]),
      share(history.at(at - 168)),
      share(history.at(at - 336)),
      share(meanOf(values[0] as number, days(h + 1)[0] as number, days(h - 1)[0] as number)),
      share(meanOf(history.at(at - 167), history.at(at - 168), history.at(at - 169))),
      share(own.smooth30),
      share(own.smooth10),
      share(own.smooth03),
      share(meanOf(...beside)),
      share(own.median7),
      share(own.median28),
      share(meanOf(...alike)),
      share(fast),
      share(slow),
      share(weightedQuantiles(near, [0.5], 0.93, sameKind)[0]),
      share(own.low28),
      share(own.high28),
      share(first),
      share(third),
      share(level.last1),
      share(level.last3),
      share(level.last24),
      share(level.last72),
      share(level.last168),
      share(level.spread),
      share(level.low24),
      share(level.evening),
      share(level.night),
      Math.log(scale),
      deviation1 * Math.exp(-h / 3),
      deviation6 * Math.exp(-h / 6),
    );
  });
  return { scale, rows };
}

import type { WallSeries } from "./wall-series.ts";

/** Occurrences of each clock hour that are looked at, newest first. */
export const DAYS_BACK = 28;

/**
 * What was known at an origin, read from cells before the origin's own and from nothing else. Numbers are NaN where unknown.
 */
export class History {
  private readonly values: Float64Array;
  private readonly start: number;

  constructor(
    series: WallSeries,
    /** Wall hour of the origin. */
    readonly origin: number,
  ) {
    this.values = series.values;
    this.start = series.start;
  }

  /** The value of a wall hour before the origin. */
  at(wallHour: number): number {
    return wallHour < this.origin ? (this.values[wallHour - this.start] ?? Number.NaN) : Number.NaN;
  }

  /** Mean of the known ones of the last `hours`; NaN where less than a fifth of them is known. */
  recentMean(hours: number): number {
    let sum = 0;
    let known = 0;
    for (let k = 1; k <= hours; k += 1) {
      const value = this.at(this.origin - k);
      if (Number.isNaN(value)) continue;
      sum += value;
      known += 1;
    }
    return known >= hours / 5 ? sum / known : Number.NaN;
  }

  /** Values of a clock hour on the newest `days` days on which it lies before the origin, newest first. */
  sameHour(wallHour: number, days: number): Float64Array {
    const newest = wallHour - 24 * Math.max(0, Math.ceil((wallHour - this.origin + 1) / 24));
    const result = new Float64Array(days);
    for (let d = 0; d < days; d += 1) result[d] = this.at(newest - 24 * d);
    return result;
  }
}

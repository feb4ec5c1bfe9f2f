import { wallHour, zoneOffset } from "./clock.ts";
import { HOUR_SECONDS } from "./house-series.ts";

/**
 * Values by the hour of the wall clock: every day has 24 cells, so that a day back is 24 cells back. The hour that spring skips is
 * NaN; the one that autumn repeats holds the mean of both.
 */
export interface WallSeries {
  /** Wall hour of the first cell, see `wallHour`. */
  start: number;
  values: Float64Array;
}

/**
 * Puts the hours from `fromSeconds` until before `untilSeconds` on the wall clock.
 * A cell at or after the origin's own is never needed: an hour before the origin lies in an earlier cell, or (the second of a repeated
 * hour being the origin) in the same one, which is left out too.
 */
export function wallSeries(
  series: { startSeconds: number; timeZone: string },
  values: Float64Array,
  untilSeconds: number,
  fromSeconds = series.startSeconds,
): WallSeries {
  const offset = zoneOffset(series.timeZone);
  const first = Math.max(0, Math.ceil((fromSeconds - series.startSeconds) / HOUR_SECONDS));
  const end = Math.min(values.length, Math.ceil((untilSeconds - series.startSeconds) / HOUR_SECONDS));
  const start = wallHour(series.startSeconds + first * HOUR_SECONDS, offset);
  const last = wallHour(untilSeconds, offset);
  const cells = new Float64Array(Math.max(0, last - start)).fill(Number.NaN);
  for (let i = first; i < end; i += 1) {
    const cell = wallHour(series.startSeconds + i * HOUR_SECONDS, offset) - start;
    const value = values[i] ?? Number.NaN;
    if (cell < 0 || cell >= cells.length || Number.isNaN(value)) continue;
    const other = cells[cell] ?? Number.NaN;
    cells[cell] = Number.isNaN(other) ? value : (other + value) / 2;
  }
  return { start, values: cells };
}

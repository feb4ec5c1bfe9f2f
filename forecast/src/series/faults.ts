// Stretches of readings that a careful reader would doubt. Nothing is repaired here: they are only named.
import { clearSkyHour } from "../models/clear-sky.ts";
import { wallHour, zoneOffset } from "./clock.ts";
import { HOUR_SECONDS, type HouseSeries, type Target, valuesOf } from "./house-series.ts";

/** 0: nothing to doubt. */
export const FAULT = {
  /** One value, to the last digit, for a day and longer. */
  stuck: 1,
  /** Filled in from other days. */
  imputed: 2,
  /** Panels that give nothing all day. */
  dead: 3,
  /** Three hours and more without any consumption: possible, but a refrigerator alone shows. */
  zero: 4,
} as const;

const STUCK_HOURS = 24;
const ZERO_HOURS = 3;
/** Hours of a day that equal, to the last digit, the same hour of one of the seven days before. */
const IMPUTED_HOURS = 6;
/** Hours of a day with at least this clear-sky irradiance, in W/m², give something even under cloud. */
const BRIGHT_IRRADIANCE = 250;
const BRIGHT_HOURS = 4;

/** The fault of each hour of a series before `untilSeconds`, from `fromSeconds` on: position 0 is the series' own first hour. */
export function findFaults(
  house: HouseSeries,
  target: Target,
  untilSeconds: number,
  fromSeconds = house.startSeconds,
): Uint8Array {
  const values = valuesOf(house, target);
  const end = Math.min(values.length, Math.max(0, Math.ceil((untilSeconds - house.startSeconds) / HOUR_SECONDS)));
  const first = Math.min(end, Math.max(0, Math.ceil((fromSeconds - house.startSeconds) / HOUR_SECONDS)));
  const faults = new Uint8Array(end);
  const offset = zoneOffset(house.timeZone);
  markDays(house, values, first, end, offset, (hours) => {
    const copied = hours.filter((i) => isCopy(values, i));
    if (copied.length >= IMPUTED_HOURS) for (const i of hours) faults[i] = FAULT.imputed;
  });
  if (target === "pv") {
    markDays(house, values, first, end, offset, (hours) => {
      const bright = hours.filter(
        (i) =>
          clearSkyHour(house.startSeconds + i * HOUR_SECONDS, house) >= BRIGHT_IRRADIANCE && !Number.isNaN(values[i]),
      );
      if (bright.length < BRIGHT_HOURS || bright.some((i) => (values[i] as number) > 0)) return;
      for (const i of hours) faults[i] = FAULT.dead;
    });
    return faults;
  }
  for (let i = first; i < end; ) {
    let next = i + 1;
    while (next < end && values[next] === values[i]) next += 1;
    const fault =
      next - i >= STUCK_HOURS ? FAULT.stuck : values[i] === 0 && next - i >= ZERO_HOURS ? FAULT.zero : undefined;
    if (fault) faults.fill(fault, i, next);
    i = next;
  }
  return faults;
}

function isCopy(values: Float64Array, i: number): boolean {
  const value = values[i] as number;
  if (!(value > 0)) return false;
  for (let d = 1; d <= 7; d += 1) if (values[i - 24 * d] === value) return true;
  return false;
}

function markDays(
  house: HouseSeries,
  values: Float64Array,
  first: number,
  end: number,
  offset: (seconds: number) => number,
  mark: (hours: number[]) => void,
): void {
  let day = Number.NaN;
  let hours: number[] = [];
  for (let i = first; i < end; i += 1) {
    const today = Math.floor(wallHour(house.startSeconds + i * HOUR_SECONDS, offset) / 24);
    if (today !== day && hours.length > 0) {
      mark(hours);
      hours = [];
    }
    day = today;
    if (!Number.isNaN(values[i])) hours.push(i);
  }
  if (hours.length > 0) mark(hours);
}

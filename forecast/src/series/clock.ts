// Offsets of time zones from UTC, from the runtime's own tables.
import { HOUR_SECONDS } from "./house-series.ts";

const DAY_SECONDS = 86_400;

/** Seconds to add to UTC to get a zone's wall clock. */
export type ZoneOffset = (seconds: number) => number;

const zones = new Map<string, ZoneOffset>();

const WHOLE = "#hours";

/** Names a clock that shows the zone's time to the nearest hour, of two equally near ones the one next to UTC. */
export const inWholeHours = (timeZone: string): string => `${timeZone}${WHOLE}`;

/**
 * The offset of a zone at any time.
 * @throws RangeError where the runtime knows no such zone.
 */
export function zoneOffset(timeZone: string): ZoneOffset {
  const known = zones.get(timeZone);
  if (known) return known;
  if (timeZone.endsWith(WHOLE)) {
    const exact = zoneOffset(timeZone.slice(0, -WHOLE.length));
    const whole: ZoneOffset = (seconds) => {
      const offset = exact(seconds);
      return Math.sign(offset) * Math.ceil(Math.abs(offset) / HOUR_SECONDS - 0.5) * HOUR_SECONDS;
    };
    zones.set(timeZone, whole);
    return whole;
  }
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  const ask: ZoneOffset = (seconds) => {
    const text = format.formatToParts(seconds * 1000).find(({ type }) => type === "timeZoneName")?.value ?? "";
    const parts = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text);
    if (!parts) throw new RangeError(`the offset "${text}" of ${timeZone} cannot be read`);
    const [, sign, hours = "0", minutes = "0", rest = "0"] = parts;
    return (sign === "-" ? -1 : 1) * (Number(hours) * HOUR_SECONDS + Number(minutes) * 60 + Number(rest));
  };
  // Asking takes microseconds, and a year has 8,760 hours: days that begin and end with one offset have it all through.
  const days = new Map<number, number>();
  const atDay = (day: number) => {
    const cached = days.get(day);
    if (cached !== undefined) return cached;
    const offset = ask(day * DAY_SECONDS);
    days.set(day, offset);
    return offset;
  };
  const offsetAt: ZoneOffset = (seconds) => {
    const day = Math.floor(seconds / DAY_SECONDS);
    const offset = atDay(day);
    return offset === atDay(day + 1) ? offset : ask(seconds);
  };
  zones.set(timeZone, offsetAt);
  return offsetAt;
}

/** Hours of the wall clock since 1970-01-01T00:00 on that clock; its remainder by 24 is the hour of day. */
export function wallHour(seconds: number, offset: ZoneOffset): number {
  return Math.floor((seconds + offset(seconds)) / HOUR_SECONDS);
}

/** 0 is Sunday. 1 January 1970 was a Thursday. */
export const weekdayOf = (wallHour: number): number => (((Math.floor(wallHour / 24) + 4) % 7) + 7) % 7;

/** Local midnight that begins the day which holds `seconds`, or the first hour of that day where midnight is skipped. */
export function startOfDay(seconds: number, offset: ZoneOffset): number {
  const day = Math.floor(wallHour(seconds, offset) / 24);
  // Far enough back for any day, then forward to the first hour of the date: clocks change by an hour or less.
  const midnight = day * DAY_SECONDS - offset(seconds);
  for (let at = midnight - 2 * HOUR_SECONDS; ; at += HOUR_SECONDS / 2) {
    if (Math.floor(wallHour(at, offset) / 24) === day) return at;
  }
}

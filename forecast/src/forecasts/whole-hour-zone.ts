import { inWholeHours, zoneOffset } from "../series/clock.ts";

const YEAR_SECONDS = 366 * 86_400;

/**
 * The zone itself where its offset is whole hours, else its clock to the nearest hour: series are kept by UTC hours, and models expect
 * them to begin with a clock's hour. Half an hour more or less is nothing to a household's day, but a clock change is: so the clock's own
 * are kept, and Lord Howe's half an hour becomes a whole one.
 */
export function wholeHourZone(timeZone: string, atSeconds: number): string {
  const offset = zoneOffset(timeZone);
  // The year before and the year after: some zones are half an hour off in one half of it alone.
  for (let at = atSeconds - YEAR_SECONDS; at <= atSeconds + 2 * YEAR_SECONDS; at += 14 * 86_400) {
    if (offset(at) % 3600 !== 0) return inWholeHours(timeZone);
  }
  return timeZone;
}

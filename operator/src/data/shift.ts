const SECONDS_PER_DAY = 86_400;
const SECONDS_PER_WEEK = 7 * SECONDS_PER_DAY;
const DAYS_PER_YEAR = 365.2425;
/** Days; each whole year of data has a week that is no farther from a season than this. */
const HALF_A_WEEK = 3.5;
/** Data to come after the history, at least, so that live play does not end at once. */
const REMAINING_DAYS = 28;

export interface ShiftRequest {
  /** Unix seconds of the first row and of the end of the last one. */
  dataStart: number;
  dataEnd: number;
  days: number;
  now: number;
}

/**
 * Seconds by which data move so that `days` of them end now: a whole number of weeks, so that weekdays stay weekdays.
 * Of all weeks for which the whole history lies in the data and at least four weeks (of shorter data: a quarter of
 * what is left beside the history) remain after it, it is the one whose season is nearest to now's; if several years
 * have a week within half a week of it, the earliest of these, after which most data remain.
 */
export function weekShift({ dataStart, dataEnd, days, now }: ShiftRequest): number {
  const history = days * SECONDS_PER_DAY;
  const spare = dataEnd - dataStart - history;
  if (spare <= 0) {
    const most = Math.floor((dataEnd - dataStart - 1) / SECONDS_PER_DAY);
    throw new Error(`the data hold ${most} whole days beside live play; ask for at most that many (--days)`);
  }
  const remaining = Math.min(REMAINING_DAYS * SECONDS_PER_DAY, spare / 4);
  // Later shifts map now to earlier data. Short data may hold no such week: then any that keeps the history.
  const least = (now - dataEnd + remaining) / SECONDS_PER_WEEK;
  const most = Math.floor((now - dataStart - history) / SECONDS_PER_WEEK);
  let best: { weeks: number; distance: number } | undefined;
  for (let weeks = most; weeks >= least; weeks -= 1) {
    const distance = seasonDistance((weeks * SECONDS_PER_WEEK) / SECONDS_PER_DAY);
    if (!best || distance < best.distance) best = { weeks, distance };
    if (distance <= HALF_A_WEEK) break;
  }
  if (best) return best.weeks * SECONDS_PER_WEEK;
  if (now - most * SECONDS_PER_WEEK < dataEnd) return most * SECONDS_PER_WEEK;
  throw new Error("no shift by whole weeks leaves the history within the data; ask for fewer days (--days)");
}

/** Days between the seasons of two dates that lie this many days apart, at most half a year. */
function seasonDistance(days: number): number {
  const turn = ((days % DAYS_PER_YEAR) + DAYS_PER_YEAR) % DAYS_PER_YEAR;
  return Math.min(turn, DAYS_PER_YEAR - turn);
}

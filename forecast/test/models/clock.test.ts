import { expect, test } from "vitest";
import { startOfDay, wallHour, weekdayOf, zoneOffset } from "../../src/series/clock.ts";
import { wallSeries } from "../../src/series/wall-series.ts";

/** Days on which clocks change in 2017, and how long they are. */
const CHANGES = [
  ["America/Los_Angeles", "2017-03-12", 23],
  ["America/Los_Angeles", "2017-11-05", 25],
  ["Europe/Berlin", "2017-03-26", 23],
  ["Europe/Berlin", "2017-10-29", 25],
  ["Australia/Sydney", "2017-10-01", 23],
  ["Australia/Sydney", "2017-04-02", 25],
  ["America/St_Johns", "2017-03-12", 23],
  ["Asia/Kolkata", "2017-03-12", 24],
  ["Asia/Kathmandu", "2017-11-05", 24],
  // Clocks go forward at midnight: the day begins at 01:00.
  ["America/Asuncion", "2017-10-01", 23],
] as const;

const wall = (seconds: number, timeZone: string) =>
  new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(seconds * 1000);

test.each(CHANGES)("%s: %s has %i hours, from its first to its last", (timeZone, date, hours) => {
  const offset = zoneOffset(timeZone);
  const noon = Date.parse(`${date}T12:00:00Z`) / 1000 - offset(Date.parse(`${date}T12:00:00Z`) / 1000);
  const start = startOfDay(noon, offset);
  const end = startOfDay(start + 30 * 3600, offset);
  expect(wall(start, timeZone)).toMatch(new RegExp(`^${date} 0[01]:00$`));
  expect(wall(start - 60, timeZone).slice(0, 10)).not.toBe(date);
  expect((end - start) / 3600).toBe(hours);
  expect(startOfDay(end - 1, offset)).toBe(start);
});

test.each(CHANGES)("%s, %s: every hour lies on the cell of its wall clock", (timeZone, date) => {
  const offset = zoneOffset(timeZone);
  const start = startOfDay(Date.parse(`${date}T12:00:00Z`) / 1000 - 36 * 3600, offset);
  // Each hour's value is what the wall clock says, so that a shifted cell shows.
  const values = Float64Array.from({ length: 96 }, (_, i) => Number(wall(start + i * 3600, timeZone).slice(11, 13)));
  const until = start + 96 * 3600;
  const cells = wallSeries({ startSeconds: start, timeZone }, values, until);
  expect(cells.start).toBe(wallHour(start, offset));
  let missing = 0;
  cells.values.forEach((value, i) => {
    if (Number.isNaN(value)) missing += 1;
    else expect(value).toBe((cells.start + i) % 24);
  });
  expect(missing).toBeLessThanOrEqual(1);
});

test("weekdays are the calendar's, also before 1970", () => {
  for (const date of ["2017-01-31", "1969-12-28", "2024-02-29"]) {
    expect(weekdayOf(Date.parse(date) / 3_600_000)).toBe(new Date(date).getUTCDay());
  }
  expect(() => zoneOffset("Atlantis/Capital")).toThrow(RangeError);
});

import { expect, it } from "vitest";
import { wholeHourZone } from "../src/forecasts/whole-hour-zone.ts";
import { demandModel } from "../src/models/demand.ts";
import { MODELS } from "../src/models/registry.ts";
import { solarModel } from "../src/models/solar.ts";
import { zoneOffset } from "../src/series/clock.ts";
import type { HouseSeries } from "../src/series/house-series.ts";

const HOUR = 3600;
const ZONES = [
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "America/St_Johns",
  "Australia/Adelaide",
  "Australia/Lord_Howe",
  "Australia/Eucla",
  "Pacific/Chatham",
];
const JANUARY = Date.UTC(2026, 0, 1) / 1000;

/** Minutes east of UTC, from the wall clock that the runtime shows. */
function shownMinutes(timeZone: string, seconds: number): number {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle: "short", timeStyle: "medium" });
  const [, day, month, year, h, m, s] =
    /(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)/.exec(format.format(seconds * 1000)) ?? [];
  return (
    (Date.UTC(Number(year), Number(month) - 1, Number(day), Number(h), Number(m), Number(s)) / 1000 - seconds) / 60
  );
}

it.each(ZONES)("%s: hours are whole all the year, and no more than half an hour from the clock on the wall", (zone) => {
  for (const half of [0, 182]) {
    const start = JANUARY + half * 24 * HOUR;
    const offset = zoneOffset(wholeHourZone(zone, start));
    for (let at = start; at < start + 365 * 24 * HOUR; at += 5 * HOUR) {
      const minutes = offset(at) / 60;
      expect(Math.abs(minutes % 60)).toBe(0);
      expect(Math.abs(minutes - shownMinutes(zone, at)), new Date(at * 1000).toISOString()).toBeLessThanOrEqual(30);
    }
  }
});

it("leaves whole hours as they are", () => {
  for (const zone of ["UTC", "Europe/Paris", "America/Los_Angeles"]) expect(wholeHourZone(zone, JANUARY)).toBe(zone);
});

it.each(["America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata"])(
  "%s: all models answer every hour through both clock changes",
  (zone) => {
    const length = 400 * 24;
    const offset = zoneOffset(zone);
    const hourAt = (i: number) => Math.floor(((JANUARY + i * HOUR + offset(JANUARY + i * HOUR)) / HOUR) % 24);
    const series: HouseSeries = {
      id: "home",
      capacityWatts: 3_000,
      latitude: zone === "Australia/Lord_Howe" ? -31.5 : 30,
      longitude: zone === "Asia/Kolkata" ? 75 : zone === "America/St_Johns" ? -52 : 159,
      timeZone: wholeHourZone(zone, JANUARY),
      startSeconds: JANUARY,
      // Supper at seven by the clock on the wall.
      loadWh: Float64Array.from({ length }, (_, i) => (hourAt(i) === 19 ? 2_000 : 200) + ((i * 7_919) % 9_973) / 200),
      pvWh: Float64Array.from({ length }, (_, i) => Math.max(0, 1_000 * Math.sin(((hourAt(i) - 6) / 12) * Math.PI))),
    };
    const fitted = demandModel.fit([series], JANUARY + 60 * 24 * HOUR);
    const byName = new Map<string, unknown>([
      [demandModel.name, fitted],
      [solarModel.name, solarModel.fit([series], JANUARY + 60 * 24 * HOUR)],
    ]);
    let changes = 0;
    for (let day = 61; day < 390; day += 1) {
      const origin = JANUARY + day * 24 * HOUR;
      const changesSoon = offset(origin) !== offset(origin + 48 * HOUR);
      if (changesSoon) changes += 1;
      if (!changesSoon && day % 60 !== 0) continue;
      for (const model of MODELS.filter(({ scope }) => scope === "home")) {
        const forecast = model.predict(byName.get(model.name) ?? null, series, origin, 48);
        expect([...forecast.pointWh].every(Number.isFinite), `${model.name} on day ${day}`).toBe(true);
      }
      if (day % 60 !== 0) continue;
      const { pointWh } = demandModel.predict(fitted, series, origin, 24);
      const supper = pointWh.indexOf(Math.max(...pointWh));
      expect(hourAt(day * 24 + supper), `supper on day ${day}`).toBe(19);
    }
    expect(changes > 0).toBe(zone !== "Asia/Kolkata");
  },
);

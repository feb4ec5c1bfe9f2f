import { beforeAll, expect, test } from "vitest";
import { demandModel } from "../../src/models/demand.ts";
import type { Forecast } from "../../src/models/model.ts";
import { startOfDay, wallHour, zoneOffset } from "../../src/series/clock.ts";
import { HOUR_SECONDS, type HouseSeries } from "../../src/series/house-series.ts";
import { at, home, homes } from "../support/synthetic.ts";

const learnt = homes(3, { days: 63 });
const [first] = learnt as [HouseSeries];
const origin = at(first, 63);
let state: ReturnType<typeof demandModel.fit>;
beforeAll(() => {
  state = demandModel.fit(learnt, origin);
}, 60_000);

const predict = (house: HouseSeries, hours = 24, from = origin) => demandModel.predict(state, house, from, hours);
const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
const withLoad = (house: HouseSeries, change: (wh: number, i: number) => number): HouseSeries => ({
  ...house,
  loadWh: house.loadWh.map(change),
});

function expectSound(forecast: Forecast, hours: number) {
  expect(forecast.pointWh).toHaveLength(hours);
  forecast.pointWh.forEach((point, h) => {
    expect(point).toBeGreaterThanOrEqual(forecast.lowerWh[h] as number);
    expect(point).toBeLessThanOrEqual(forecast.upperWh[h] as number);
    expect(forecast.lowerWh[h]).toBeGreaterThanOrEqual(0);
  });
}

test("evenings are higher than nights, for 48 hours from any hour, also for a home that it never saw, whatever its size", () => {
  const stranger = home({ id: "new", seed: 55, level: 5000, days: 63 });
  for (const house of [first, stranger]) {
    for (const hours of [0, 7, 19]) {
      const from = origin - 24 * HOUR_SECONDS + hours * HOUR_SECONDS;
      const forecast = predict(house, 48, from);
      expectSound(forecast, 48);
      expect(forecast.degraded).toBeNull();
      const evening = (19 - hours + 24) % 24;
      const night = (3 - hours + 24) % 24;
      expect(forecast.pointWh[evening]).toBeGreaterThan(2.5 * (forecast.pointWh[night] as number));
    }
  }
  const scaled =
    sum(predict(stranger).pointWh) / sum(predict(home({ id: "x", seed: 55, level: 500, days: 63 })).pointWh);
  expect(scaled).toBeGreaterThan(9);
  expect(scaled).toBeLessThan(11);
});

test("what was learnt survives the way between threads", () => {
  const copy = structuredClone(state);
  expect(demandModel.predict(copy, first, origin, 24)).toEqual(predict(first));
});

test.each([
  ["America/Los_Angeles", "2016-03-13"],
  ["America/Los_Angeles", "2016-11-06"],
  ["Europe/Berlin", "2016-03-27"],
  ["Europe/Berlin", "2016-10-30"],
  ["Asia/Kolkata", "2016-03-13"],
])("%s, %s: habits stay with the clock on the wall when it changes", (timeZone, date) => {
  const offset = zoneOffset(timeZone);
  const noon = Date.parse(`${date}T12:00:00Z`) / 1000;
  for (const daysBefore of [0, 1]) {
    const from = startOfDay(noon - daysBefore * 86_400, offset);
    const start = startOfDay(from - 60 * 86_400, offset);
    const days = (from - start) / 86_400 + 3;
    const house = home({ id: "steady", start, timeZone, days: Math.floor(days), noise: 0.05 });
    const forecast = predict(house, 48, from);
    forecast.pointWh.forEach((wh, h) => {
      const hour = wallHour(from + h * HOUR_SECONDS, offset) % 24;
      const usual = house.loadWh[(from - house.startSeconds) / HOUR_SECONDS + h] as number;
      if (hour >= 18 && hour <= 21) expect(wh).toBeGreaterThan(0.7 * usual);
      else if (hour < 8 || hour > 22) expect(wh).toBeLessThan(1.6 * usual);
    });
  }
});

test("gaps degrade nothing while they are short; a silent day does, and says for how long", () => {
  const gaps = withLoad(first, (wh, i) => (i % 7 === 0 ? Number.NaN : wh));
  expect(predict(gaps).degraded).toBeNull();
  expectSound(predict(gaps), 24);
  const silent = withLoad(first, (wh, i) => (i >= first.loadWh.length - 60 ? Number.NaN : wh));
  const forecast = predict(silent);
  expect(forecast.degraded).toBe("no reading for 60 hours");
  expect(sum(forecast.pointWh)).toBeGreaterThan(0.7 * sum(predict(first).pointWh));
});

test("a stuck meter is named and not believed, be it stuck at zero or above", () => {
  for (const value of [0, 431]) {
    const stuck = withLoad(first, (wh, i) => (i >= first.loadWh.length - 40 ? value : wh));
    const forecast = predict(stuck);
    expect(forecast.degraded).toContain("one value for 40 hours");
    expect(sum(forecast.pointWh)).toBeGreaterThan(0.7 * sum(predict(first).pointWh));
  }
});

test("a week copied from the week before is named", () => {
  const length = first.loadWh.length;
  const copied = withLoad(first, (wh, i) => (i >= length - 7 * 24 ? (first.loadWh[i - 7 * 24] as number) : wh));
  expect(predict(copied).degraded).toMatch(/^168 of the last 168 hours repeat/);
});

test("a home without readings is answered with a typical one, and says so; from its first day on its own level counts", () => {
  const none = withLoad(first, () => Number.NaN);
  const forecast = predict({ ...none, id: "none" });
  expect(forecast.degraded).toBe("no usable reading in 28 days: a typical home of the community is assumed");
  expectSound(forecast, 24);
  expect(sum(forecast.pointWh)).toBeGreaterThan(0);
  const day = home({ id: "day", level: 3000, days: 63, seed: 8 });
  const started = withLoad(day, (wh, i) => (i >= day.loadWh.length - 20 ? wh : Number.NaN));
  const early = predict(started);
  expect(early.degraded).toBe("only 20 hours of readings");
  expect(sum(early.pointWh)).toBeGreaterThan(0.5 * sum(predict(day).pointWh));
});

test("where nobody has ever been read, nothing is made up", () => {
  const empty = { ...first, loadWh: new Float64Array(), pvWh: new Float64Array() };
  for (const houses of [[], [empty]]) {
    const nothing = demandModel.fit(houses, origin);
    const forecast = demandModel.predict(nothing, empty, origin, 24);
    expect(forecast.degraded).toBe("no usable reading in 28 days");
    expect(forecast.pointWh.every(Number.isNaN)).toBe(true);
  }
});

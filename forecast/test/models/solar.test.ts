import { beforeAll, expect, test } from "vitest";
import { clearSkyHour } from "../../src/models/clear-sky.ts";
import { solarModel } from "../../src/models/solar.ts";
import { HOUR_SECONDS, type HourlyWeather, type HouseSeries } from "../../src/series/house-series.ts";
import { at, home, homes } from "../support/synthetic.ts";

const learnt = homes(3, { days: 80 });
const [first] = learnt as [HouseSeries];
const origin = at(first, 80);
let state: ReturnType<typeof solarModel.fit>;
beforeAll(() => {
  state = solarModel.fit(learnt, origin);
});

const predict = (house: HouseSeries, hours = 24) => solarModel.predict(state, house, origin, hours);
const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
const withPv = (house: HouseSeries, change: (wh: number, i: number) => number): HouseSeries => ({
  ...house,
  pvWh: house.pvWh.map(change),
});

test("night is zero, day lies between nothing and the clear sky, for 48 hours, for a home that it never saw", () => {
  const stranger = home({ id: "new", seed: 55, capacityWatts: 9000, days: 80 });
  for (const house of [first, stranger]) {
    const forecast = predict(house, 48);
    expect(forecast.degraded).toBeNull();
    forecast.pointWh.forEach((wh, h) => {
      const clear = clearSkyHour(origin + h * HOUR_SECONDS, house);
      if (clear === 0) expect([forecast.lowerWh[h], wh, forecast.upperWh[h]]).toEqual([0, 0, 0]);
      expect(wh).toBeGreaterThanOrEqual(forecast.lowerWh[h] as number);
      expect(wh).toBeLessThanOrEqual(forecast.upperWh[h] as number);
      expect(forecast.upperWh[h]).toBeLessThanOrEqual((house.capacityWatts * 1.1 * clear) / 1000);
    });
    expect(sum(forecast.pointWh)).toBeGreaterThan(house.capacityWatts * 2 * 2);
  }
});

test("a dead day takes the certainty, further ones the forecast, and both are named; long ago they are forgotten", () => {
  const length = first.pvWh.length;
  const one = predict(withPv(first, (wh, i) => (i >= length - 24 ? 0 : wh)));
  expect(one.degraded).toBe("the panels have given nothing for 1 day");
  expect(sum(one.lowerWh)).toBe(0);
  expect(sum(one.pointWh)).toBeGreaterThan(0.6 * sum(predict(first).pointWh));
  const three = predict(withPv(first, (wh, i) => (i >= length - 72 ? 0 : wh)));
  expect(three.degraded).toBe("the panels have given nothing for 3 days");
  expect(sum(three.pointWh)).toBe(0);
  expect(sum(three.upperWh)).toBeGreaterThan(0);
  const repaired = predict(withPv(first, (wh, i) => (i >= length - 240 && i < length - 72 ? 0 : wh)));
  expect(repaired.degraded).toBeNull();
  expect(sum(repaired.pointWh)).toBeGreaterThan(0.8 * sum(predict(first).pointWh));
});

test("without readings the capacity speaks, without either nothing is claimed", () => {
  const none = { ...first, id: "none", pvWh: first.pvWh.map(() => Number.NaN) };
  const forecast = predict(none);
  expect(forecast.degraded).toContain("what other homes' panels give per watt");
  const ratio = sum(forecast.pointWh) / sum(predict(first).pointWh);
  expect(ratio).toBeGreaterThan(0.7);
  expect(ratio).toBeLessThan(1.3);
  const bare = predict({ ...none, capacityWatts: 0 });
  expect(sum(bare.pointWh)).toBe(0);
  expect(bare.degraded).toContain("capacity of the panels is not known");
  const nothing = solarModel.predict(solarModel.fit([], origin), none, origin, 24);
  expect(nothing.degraded).toBe("no readings of any home yet");
  expect(nothing.pointWh.some(Number.isNaN)).toBe(true);
});

test("irradiance that is forecast makes cloudy days cloudy; where it was known and is not any more, that is said", () => {
  // Weather that is known exactly: production by the clear sky's.
  const withWeather = (house: HouseSeries, days: number): HouseSeries => {
    const irradianceWm2 = Float64Array.from({ length: days * 24 }, (_, i) => (house.pvWh[i] ?? 0) / 3.2);
    const weather: HourlyWeather = {
      startSeconds: house.startSeconds,
      temperatureC: irradianceWm2.map(() => 20),
      irradianceWm2,
    };
    return { ...house, weather };
  };
  const until = at(first, 70);
  const known = learnt.map((house) => withWeather(house, 80));
  const weatherly = solarModel.fit(known, until);
  const plain = solarModel.fit(learnt, until);
  let withError = 0;
  let withoutError = 0;
  for (let day = 70; day < 79; day += 1) {
    for (const [i, house] of known.entries()) {
      const from = at(house, day);
      const seen = solarModel.predict(weatherly, house, from, 24);
      const blind = solarModel.predict(plain, learnt[i] as HouseSeries, from, 24);
      expect(seen.degraded).toBeNull();
      for (let h = 0; h < 24; h += 1) {
        const actual = house.pvWh[day * 24 + h] as number;
        withError += Math.abs((seen.pointWh[h] as number) - actual);
        withoutError += Math.abs((blind.pointWh[h] as number) - actual);
      }
    }
  }
  expect(withError).toBeLessThan(0.5 * withoutError);
  const lost = solarModel.predict(weatherly, withWeather(first, 70), until, 24);
  expect(lost.degraded).toBe("no weather forecast");
  expect(sum(lost.pointWh)).toBeGreaterThan(0);
});

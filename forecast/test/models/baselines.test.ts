import { expect, test } from "vitest";
import { baseline, flatSmoothing, holtWinters, hourlySmoothing, seasonalNaive } from "../../src/models/baselines.ts";
import { at, home } from "../support/synthetic.ts";

const days = (...values: number[]) => Float64Array.from(values.flatMap((value) => new Array<number>(24).fill(value)));

test("smoothing with 0.3, over all hours and for each hour of day, by hand", () => {
  // 10, then 0.3 × 20 + 0.7 × 10, then 0.3 × 0 + 0.7 × 13; unknown hours change nothing.
  expect(flatSmoothing(Float64Array.of(10, 20, Number.NaN, 0), 2)).toEqual(Float64Array.of(9.1, 9.1));
  const past = days(10, 20, 0);
  past[24 + 5] = Number.NaN;
  const next = hourlySmoothing(past, 26);
  expect(next[0]).toBeCloseTo(9.1);
  expect(next[5]).toBeCloseTo(7);
  expect(next[25]).toBeCloseTo(9.1);
});

test("seasonal naive: the same hour of the newest day that has it", () => {
  const past = Float64Array.from({ length: 72 }, (_, i) => i);
  past[50] = Number.NaN;
  const next = seasonalNaive(past, 48);
  expect(next[0]).toBe(48);
  expect(next[2]).toBe(26);
  expect(next[23]).toBe(71);
  expect(next[24]).toBe(48);
});

test("Holt-Winters finds a daily shape and follows a slow rise", () => {
  const past = Float64Array.from({ length: 42 * 24 }, (_, i) => 100 + i * 0.02 + 50 * Math.sin((i * Math.PI) / 12));
  const next = holtWinters(past, 24);
  next.forEach((value, h) => {
    const i = past.length + h;
    expect(Math.abs(value - (100 + i * 0.02 + 50 * Math.sin((i * Math.PI) / 12)))).toBeLessThan(4);
  });
});

test("intervals are what the last four weeks would have missed by; unknown pasts are said", () => {
  const house = home({ days: 60 });
  const naive = baseline("seasonal-naive", "load");
  const forecast = naive.predict(null, house, at(house, 60), 24);
  const errors = Array.from({ length: 28 }, (_, d) => {
    const i = (59 - d) * 24 + 19;
    return (house.loadWh[i] as number) - (house.loadWh[i - 24] as number);
  });
  const upper = (forecast.upperWh[19] as number) - (forecast.pointWh[19] as number);
  const share = errors.filter((error) => error <= upper).length / errors.length;
  expect(share).toBeGreaterThanOrEqual(0.85);
  expect(share).toBeLessThanOrEqual(0.95);
  expect(naive.predict(null, house, at(house, 200), 24).degraded).toContain("no usable reading");
});

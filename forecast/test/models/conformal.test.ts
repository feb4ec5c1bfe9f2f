import fc from "fast-check";
import { expect, test } from "vitest";
import { ConformalRecord, scaleOf, stretched } from "../../src/models/conformal.ts";
import { sequence } from "../../src/models/gbdt.ts";
import type { Forecast } from "../../src/models/model.ts";

const forecastOf = (lower: number, point: number, upper: number): Forecast => ({
  lowerWh: new Float64Array(24).fill(lower),
  pointWh: new Float64Array(24).fill(point),
  upperWh: new Float64Array(24).fill(upper),
  degraded: null,
});

test("whatever the model's own width, four of five outcomes of later days fall inside", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.double({ min: 0.4, max: 3, noNaN: true }),
      fc.double({ min: 0.4, max: 3, noNaN: true }),
      (seed, below, above) => {
        const random = sequence(seed);
        // Skewed around its median of 1000: up to 300 below, up to 900 above.
        const outcome = () => (random() < 0.5 ? 1000 - 300 * random() : 1000 + 900 * random());
        const raw = forecastOf(1000 - 240 * below, 1000, 1000 + 720 * above);
        const record = new ConformalRecord();
        let inside = 0;
        let hours = 0;
        for (let day = 0; day < 150; day += 1) {
          const actual = Float64Array.from({ length: 24 }, outcome);
          if (day >= 56) {
            const { lowerWh, upperWh } = stretched(raw, scaleOf(record.scales(day), "home"));
            hours += 24;
            inside += actual.filter((wh) => wh >= (lowerWh[0] ?? 0) && wh <= (upperWh[0] ?? 0)).length;
          }
          record.add("home", day, raw, actual);
        }
        expect(inside / hours).toBeGreaterThan(0.77);
        expect(inside / hours).toBeLessThan(0.83);
      },
    ),
    { seed: 9, numRuns: 10 },
  );
}, 60_000);

test("only the last 56 days count, a home that changes is followed", () => {
  const record = new ConformalRecord();
  const raw = forecastOf(900, 1000, 1100);
  for (let day = 0; day < 100; day += 1) {
    const spread = day < 40 ? 400 : 50;
    record.add(
      "home",
      day,
      raw,
      Float64Array.from({ length: 24 }, (_, h) => 1000 + spread * (h / 11.5 - 1)),
    );
  }
  const { lower, upper } = scaleOf(record.scales(100), "home");
  expect(lower).toBeLessThan(0.6);
  expect(upper).toBeLessThan(0.6);
});

test("a home without a record shares all homes' scale, night stays certain, a forecast of zero can grow no negative end", () => {
  const record = new ConformalRecord();
  const raw = forecastOf(900, 1000, 1100);
  raw.lowerWh[0] = 0;
  raw.pointWh[0] = 0;
  raw.upperWh[0] = 0;
  for (let day = 0; day < 30; day += 1) {
    record.add(
      "a",
      day,
      raw,
      Float64Array.from({ length: 24 }, (_, h) => (h === 0 ? 0 : 700 + 30 * h)),
    );
  }
  const scales = record.scales(30);
  expect(scaleOf(scales, "b")).toEqual(scales.others);
  const wide = stretched(raw, { lower: 50, upper: 3 });
  expect(wide.upperWh[0]).toBe(0);
  expect(wide.upperWh[1]).toBeCloseTo(1300);
  expect(wide.lowerWh[1]).toBe(0);
});

import { expect, test } from "vitest";
import { communityDemandModel } from "../../src/models/community-demand.ts";
import { communitySeries } from "../../src/series/community.ts";
import type { HouseSeries } from "../../src/series/house-series.ts";
import { at, home, homes } from "../support/synthetic.ts";

test("the sum of homes: later joiners count from their first hour, short gaps are filled and said, long ones left out", () => {
  const early = home({ id: "early", days: 40, noise: 0 });
  const late = home({ id: "late", days: 20, noise: 0, start: at(early, 20) });
  late.loadWh.fill(Number.NaN, 24, 25);
  late.loadWh.fill(Number.NaN, 48);
  const sum = communitySeries([early, late]);
  expect(sum.capacityWatts).toBe(8000);
  expect(sum.loadWh).toHaveLength(40 * 24);
  expect(sum.loadWh[100]).toBe(early.loadWh[100]);
  const joined = 20 * 24;
  expect(sum.loadWh[joined + 3]).toBeCloseTo((early.loadWh[joined + 3] as number) + (late.loadWh[3] as number));
  expect(sum.loadWh[joined + 24]).toBeCloseTo((early.loadWh[joined + 24] as number) + (late.loadWh[0] as number));
  expect([sum.filled[joined + 24], sum.filled[joined + 26]]).toEqual([1, 0]);
  expect(sum.loadWh[joined + 19 * 24]).toBe(early.loadWh[joined + 19 * 24]);
  expect(() => communitySeries([])).toThrow(RangeError);
  expect(() => communitySeries([early, { ...late, startSeconds: late.startSeconds + 900 }])).toThrow(/home|late/);
});

test("it answers the mean: over months its forecasts add up to what was used, which the homes' medians would not", () => {
  const members = homes(5, { days: 200 });
  const community = communitySeries(members);
  const state = communityDemandModel.fit([community], at(community, 120));
  let forecast = 0;
  let actual = 0;
  for (let day = 120; day < 199; day += 1) {
    const { pointWh } = communityDemandModel.predict(state, community, at(community, day), 24);
    pointWh.forEach((wh, h) => {
      forecast += wh;
      actual += community.loadWh[day * 24 + h] as number;
    });
  }
  expect(forecast / actual).toBeGreaterThan(0.97);
  expect(forecast / actual).toBeLessThan(1.03);
  const medians = members.map(({ loadWh }: HouseSeries) => {
    const byHour = Array.from({ length: 24 }, (_, h) => loadWh.filter((_, i) => i % 24 === h).sort()[100] as number);
    return byHour.reduce((sum, wh) => sum + wh, 0) * 79;
  });
  expect(medians.reduce((sum, wh) => sum + wh, 0) / actual).toBeLessThan(0.95);
});

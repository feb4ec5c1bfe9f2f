import { expect, test } from "vitest";
import { sequence } from "../../src/models/gbdt.ts";
import { MODELS } from "../../src/models/registry.ts";
import { communitySeries } from "../../src/series/community.ts";
import { HOUR_SECONDS, type HouseSeries } from "../../src/series/house-series.ts";
import { at, homes } from "../support/synthetic.ts";

/** The same past with another future: noise, gaps and zeros, and more or less of it. */
function corrupted(house: HouseSeries, from: number, seed: number): HouseSeries {
  const random = sequence(seed);
  const first = (from - house.startSeconds) / HOUR_SECONDS;
  const spoil = (values: Float64Array) => {
    const other = new Float64Array(first + 24 * (1 + Math.floor(random() * 20)));
    other.set(values.subarray(0, first));
    for (let i = first; i < other.length; i += 1) {
      const dice = random();
      other[i] = dice < 0.2 ? Number.NaN : dice < 0.4 ? 0 : 50_000 * random();
    }
    return other;
  };
  const loadWh = spoil(house.loadWh);
  const pvWh = new Float64Array(loadWh.length).fill(Number.NaN);
  pvWh.set(spoil(house.pvWh).subarray(0, pvWh.length));
  return { ...house, loadWh, pvWh };
}

const before = homes(2, { days: 60 });
const until = at(before[0] as HouseSeries, 50);

test.each(MODELS.map((model) => [`${model.name}, ${model.target}, ${model.scope}`, model] as const))(
  "%s: another future changes neither what is learnt nor what is forecast",
  (_, model) => {
    const series = model.scope === "home" ? before : [communitySeries(before)];
    const state = model.fit(series, until);
    const others = series.map((house, i) => corrupted(house, until, i + 1));
    expect(model.fit(others, until)).toEqual(state);
    // At midnight, in the morning, in the evening.
    for (const hours of [0, 9, 20]) {
      const origin = until + hours * HOUR_SECONDS;
      for (const house of series) {
        const spoilt = corrupted(house, origin, 7 + hours);
        expect(model.predict(state, spoilt, origin, 48)).toEqual(model.predict(state, house, origin, 48));
      }
    }
  },
  30_000,
);

import { describe, expect, test } from "vitest";
import { type BacktestResult, backtest } from "../../bench/backtest.ts";
import { loadFolder } from "../../bench/load-folder.ts";
import { medianOf, type Scores, scoresOf } from "../../bench/scores.ts";
import { baseline } from "../../src/models/baselines.ts";
import { communityDemandModel } from "../../src/models/community-demand.ts";
import { demandModel } from "../../src/models/demand.ts";
import type { Model } from "../../src/models/model.ts";
import { solarModel } from "../../src/models/solar.ts";

const folder = process.env.GRIDX_DATA;
const run = folder && process.env.GRIDX_LONG;
const name = run ? "real homes" : "real homes (skipped: set GRIDX_DATA to a folder of readings and run test:long)";

/** Scores of each home, or of the community. */
const scoresFor = (result: BacktestResult, model: Model): Scores[] =>
  result.tracks.filter((track) => track.model === model).map((track) => scoresOf(track.outcomes, track.scale));
const medianMae = (result: BacktestResult, model: Model) => medianOf(scoresFor(result, model).map(({ mae }) => mae));

describe.skipIf(!run)(name, () => {
  const houses = () => loadFolder(folder as string);

  test("over 26 weeks the models stay ahead of the baselines by what docs/forecast.md says, and intervals keep their promise", () => {
    const naive = { load: baseline("seasonal-naive", "load"), pv: baseline("seasonal-naive", "pv") };
    const hourly = baseline("hourly-smoothing", "load");
    const flat = baseline("smoothing", "load");
    const naiveCommunity = baseline("seasonal-naive", "load", "community");
    const models = [demandModel, solarModel, communityDemandModel, naive.load, naive.pv, hourly, flat, naiveCommunity];
    const result = backtest(houses(), { models, refitDays: 28 });
    const below = (model: Model, other: Model) => 1 - medianMae(result, model) / medianMae(result, other);
    expect(below(demandModel, naive.load)).toBeGreaterThan(0.16);
    expect(below(demandModel, flat)).toBeGreaterThan(0.33);
    expect(below(demandModel, hourly)).toBeGreaterThan(0.07);
    expect(below(communityDemandModel, naiveCommunity)).toBeGreaterThan(0.13);
    expect(below(solarModel, naive.pv)).toBeGreaterThan(0.11);
    for (const model of [demandModel, solarModel]) {
      const coverage = scoresFor(result, model).map((scores) => scores.coverage);
      expect(medianOf(coverage)).toBeGreaterThan(0.78);
      expect(medianOf(coverage)).toBeLessThan(0.83);
      for (const share of coverage) {
        expect(share).toBeGreaterThan(0.75);
        expect(share).toBeLessThan(0.85);
      }
    }
  }, 1_200_000);

  test("homes that no model has learnt from are forecast as well", () => {
    const all = houses();
    const strangers = all.filter((_, i) => i % 3 === 0).map(({ id }) => id);
    const options = { models: [demandModel, solarModel], houses: strangers, refitDays: 56 };
    const known = backtest(all, options);
    const unseen = backtest(all, { ...options, excludeFromTraining: strangers });
    expect(medianMae(unseen, demandModel) / medianMae(known, demandModel)).toBeLessThan(1.03);
    expect(medianMae(unseen, solarModel) / medianMae(known, solarModel)).toBeLessThan(1.05);
  }, 1_200_000);
});

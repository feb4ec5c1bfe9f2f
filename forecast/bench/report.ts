// The backtest as tables.
import type { Model } from "../src/models/model.ts";
import type { BacktestResult, Track } from "./backtest.ts";
import { medianOf, type Scores, scoresOf } from "./scores.ts";
import { table } from "./table.ts";

const scores = (track: Track, sound = false): Scores =>
  scoresOf(sound ? track.outcomes.filter(({ faulty }) => !faulty) : track.outcomes, track.scale);

const percent = (share: number) => (Number.isNaN(share) ? "–" : `${(100 * share).toFixed(1)} %`);
const ms = (value: number | undefined) => ((value ?? 0) < 0.01 ? "–" : (value ?? 0).toFixed((value ?? 0) < 10 ? 2 : 0));
const nameOf = ({ name }: Model) => name;

/** nMAE: the absolute error of an hour by the energy that the panels could give in it. */
const perKw = (track: Track, mae: number) =>
  track.house.capacityWatts > 0 ? mae / track.house.capacityWatts : Number.NaN;

export function report(result: BacktestResult): string {
  const parts: string[] = [];
  const models = [...new Set(result.tracks.map(({ model }) => model))];
  const groups = [
    ["Demand, median of homes", "load", "home"],
    ["Demand, community", "load", "community"],
    ["Solar, median of homes", "pv", "home"],
    ["Solar, community", "pv", "community"],
  ] as const;
  for (const [title, target, scope] of groups) {
    const group = models.filter((model) => model.target === target && model.scope === scope);
    if (group.length === 0) continue;
    const solar = target === "pv";
    const middle = (model: Model, of: (s: Scores, track: Track) => number, sound = false) =>
      medianOf(result.tracks.filter((track) => track.model === model).map((track) => of(scores(track, sound), track)));
    const rows = group.map((model) => [
      nameOf(model),
      middle(model, (s) => s.mae).toFixed(1),
      middle(model, (s) => s.rmse).toFixed(1),
      middle(model, (s) => s.mase).toFixed(3),
      middle(model, (s) => s.pinball).toFixed(1),
      percent(middle(model, (s) => s.coverage)),
      ...(solar ? [middle(model, (s, track) => perKw(track, s.mae)).toFixed(4)] : []),
      middle(model, (s) => s.mae, true).toFixed(1),
      middle(model, (s) => s.mase, true).toFixed(3),
      percent(middle(model, (s) => s.coverage, true)),
      ms(result.forecastMs.get(model)),
      ms(result.fitMs.get(model)),
    ]);
    const header = ["model", "MAE Wh", "RMSE Wh", "MASE", "pinball Wh", "coverage", ...(solar ? ["nMAE"] : [])];
    header.push("MAE sound", "MASE sound", "coverage sound", "ms/forecast", "ms/fit");
    parts.push(`${title}\n\n${table([header, ...rows])}`);
    const [best, ...others] = group;
    const ratios = others
      .filter((model) => best && model !== best)
      .map((model) => {
        const ratio = middle(best as Model, (s) => s.mae) / middle(model, (s) => s.mae);
        return `${percent(1 - ratio)} below ${nameOf(model)}`;
      });
    if (best) parts.push(`MAE of ${nameOf(best)}: ${ratios.join(", ")}.`);
    if (scope === "home") parts.push(homesTable(result, group, solar));
  }
  return parts.join("\n\n");
}

/** Each home: the best model beside the others' absolute errors. */
function homesTable(result: BacktestResult, group: readonly Model[], solar: boolean): string {
  const [best, ...others] = group;
  const rows = result.houses.map((house) => {
    const track = (model: Model | undefined) =>
      result.tracks.find((each) => each.model === model && each.house === house) as Track;
    const own = scores(track(best));
    const sound = scores(track(best), true);
    return [
      house.id,
      own.mae.toFixed(1),
      ...others.map((model) => percent(1 - own.mae / scores(track(model)).mae)),
      own.mase.toFixed(3),
      own.pinball.toFixed(1),
      percent(own.coverage),
      ...(solar ? [perKw(track(best), own.mae).toFixed(4)] : []),
      sound.mae.toFixed(1),
      percent(sound.coverage),
      `${own.hours - sound.hours}`,
      `${track(best).degraded}`,
    ];
  });
  const header = [
    "home",
    "MAE Wh",
    ...others.map((model) => `below ${nameOf(model)}`),
    "MASE",
    "pinball Wh",
    "coverage",
  ];
  if (solar) header.push("nMAE");
  header.push("MAE sound", "coverage sound", "hours doubted", "degraded");
  return table([header, ...rows]);
}

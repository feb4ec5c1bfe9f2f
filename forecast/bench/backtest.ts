// Rolling daily origins over the last weeks of a folder: each forecast sees only what came before it.
import { clearSkyHour } from "../src/models/clear-sky.ts";
import { ConformalRecord, type IntervalScales, scaleOf, stretched } from "../src/models/conformal.ts";
import type { Forecast, Model } from "../src/models/model.ts";
import { BEST_MODELS, MODELS } from "../src/models/registry.ts";
import { startOfDay, zoneOffset } from "../src/series/clock.ts";
import { communitySeries } from "../src/series/community.ts";
import { findFaults } from "../src/series/faults.ts";
import { HOUR_SECONDS, type HouseSeries, type Target, valuesOf } from "../src/series/house-series.ts";
import { medianOf, naiveScale, type Outcome } from "./scores.ts";

export const HOURS_AHEAD = 24;
export const SCORED_DAYS = 26 * 7;
/** Days before the first scored one whose outcomes set the first intervals. */
const WARM_UP_DAYS = 56;
/** The service trains every day; every week takes a seventh of the time and errs hardly more. */
const REFIT_DAYS = 7;
/** Fewest days to learn from before the first forecast. */
const LEAST_DAYS = 28;

export interface BacktestOptions {
  /** Ids of the homes to forecast; all where left out. */
  houses?: readonly string[];
  excludeFromTraining?: readonly string[];
  models?: readonly Model[];
  scoredDays?: number;
  refitDays?: number;
}

/** What one model did for one home, or for the community. */
export interface Track {
  model: Model;
  house: HouseSeries;
  outcomes: Outcome[];
  scale: number;
  degraded: number;
}

export interface IssuedForecast {
  originSeconds: number;
  house: HouseSeries;
  target: Target;
  forecast: Forecast;
}

export interface BacktestResult {
  houses: HouseSeries[];
  origins: number[];
  tracks: Track[];
  /** Of the best models, in order of origin. */
  issued: IssuedForecast[];
  /** Median milliseconds by model: other work on the machine lengthens some. */
  fitMs: Map<Model, number>;
  forecastMs: Map<Model, number>;
}

/** Local midnights, oldest first, each with a whole day of readings after it. */
export function dailyOrigins(houses: readonly HouseSeries[], days: number): number[] {
  const end = Math.max(...houses.map((house) => house.startSeconds + house.loadWh.length * HOUR_SECONDS));
  const start = Math.min(...houses.map((house) => house.startSeconds));
  const offset = zoneOffset(houses[0]?.timeZone ?? "UTC");
  const origins: number[] = [];
  let at = startOfDay(end - 1, offset);
  while (origins.length < days && at >= start + LEAST_DAYS * 24 * HOUR_SECONDS) {
    if (at + HOURS_AHEAD * HOUR_SECONDS <= end) origins.push(at);
    at = startOfDay(at - 1, offset);
  }
  return origins.reverse();
}

export function backtest(all: readonly HouseSeries[], options: BacktestOptions = {}): BacktestResult {
  const { models = MODELS, scoredDays = SCORED_DAYS, refitDays = REFIT_DAYS } = options;
  const houses = all.filter(({ id }) => !options.houses || options.houses.includes(id));
  const learntFrom = all.filter(({ id }) => !options.excludeFromTraining?.includes(id));
  const community = communitySeries(houses);
  const learntCommunity = learntFrom.length > 0 ? [communitySeries(learntFrom)] : [];
  const origins = dailyOrigins(all, scoredDays + WARM_UP_DAYS);
  const scored = origins.slice(-scoredDays);
  const firstScored = scored[0] ?? 0;
  const truth = new Map([...houses, community].map((house) => [house, truthOf(house, houses)]));
  const result: BacktestResult = {
    houses,
    origins: scored,
    tracks: [],
    issued: [],
    fitMs: new Map(),
    forecastMs: new Map(),
  };
  for (const model of models) {
    const learns = BEST_MODELS.includes(model);
    const asked = model.scope === "home" ? houses : [community];
    const tracks = new Map<HouseSeries, Track>();
    for (const house of asked) {
      const values = truth.get(house)?.[model.target].values ?? new Float64Array();
      const scale = naiveScale(values, (firstScored - house.startSeconds) / HOUR_SECONDS);
      tracks.set(house, { model, house, outcomes: [], scale, degraded: 0 });
    }
    result.tracks.push(...tracks.values());
    const record = new ConformalRecord();
    let state: unknown = null;
    const fitMs: number[] = [];
    const forecastMs: number[] = [];
    let pending: (() => void)[] = [];
    origins.forEach((origin, day) => {
      if (!learns && origin < firstScored) return;
      if (fitMs.length === 0 || (learns && day % refitDays === 0)) {
        const begun = performance.now();
        state = model.fit(model.scope === "home" ? learntFrom : learntCommunity, origin);
        fitMs.push(performance.now() - begun);
      }
      for (const remember of pending) remember();
      pending = [];
      const scales: IntervalScales | null = learns ? record.scales(day) : null;
      for (const house of asked) {
        const begun = performance.now();
        const raw = model.predict(state, house, origin, HOURS_AHEAD);
        const forecast = scales ? stretched(raw, scaleOf(scales, house.id)) : raw;
        forecastMs.push(performance.now() - begun);
        const { values, faults } = truth.get(house)?.[model.target] ?? {
          values: new Float64Array(),
          faults: new Uint8Array(),
        };
        const at = (origin - house.startSeconds) / HOUR_SECONDS;
        // At the next origin, hours after it are not known yet (a day of 23 hours ends before the forecast does).
        const hours = Math.min(HOURS_AHEAD, ((origins[day + 1] ?? origin) - origin) / HOUR_SECONDS);
        const known = Float64Array.from({ length: hours }, (_, h) => values[at + h] ?? Number.NaN);
        if (scales) pending.push(() => record.add(house.id, day, raw, known));
        if (origin < firstScored) continue;
        if (learns) result.issued.push({ originSeconds: origin, house, target: model.target, forecast });
        const track = tracks.get(house) as Track;
        if (forecast.degraded) track.degraded += 1;
        for (let h = 0; h < HOURS_AHEAD; h += 1) {
          const actual = values[at + h] ?? Number.NaN;
          if (Number.isNaN(actual)) continue;
          track.outcomes.push({
            lower: forecast.lowerWh[h] as number,
            point: forecast.pointWh[h] as number,
            upper: forecast.upperWh[h] as number,
            actual,
            faulty: (faults[at + h] ?? 0) > 0,
            counted: model.target === "load" || clearSkyHour(origin + h * HOUR_SECONDS, house) > 0,
          });
        }
      }
    });
    result.fitMs.set(model, medianOf(fitMs));
    result.forecastMs.set(model, medianOf(forecastMs));
  }
  result.issued.sort((a, b) => a.originSeconds - b.originSeconds);
  return result;
}

type Truth = Record<Target, { values: Float64Array; faults: Uint8Array }>;

/** What came, and which of it is doubted; of a community, hours that a home misses are unknown and those that it makes doubtful are doubted. */
function truthOf(house: HouseSeries, homes: readonly HouseSeries[]): Truth {
  const of = (target: Target) => {
    const values = valuesOf(house, target).slice();
    const faults = new Uint8Array(values.length);
    const members = homes.includes(house) ? [house] : homes;
    for (const member of members) {
      const shift = (member.startSeconds - house.startSeconds) / HOUR_SECONDS;
      const own = valuesOf(member, target);
      const doubted = findFaults(member, target, member.startSeconds + own.length * HOUR_SECONDS);
      own.forEach((value, i) => {
        if (Number.isNaN(value)) values[shift + i] = Number.NaN;
        if (doubted[i]) faults[shift + i] = doubted[i] as number;
      });
    }
    return { values, faults };
  };
  return { load: of("load"), pv: of("pv") };
}

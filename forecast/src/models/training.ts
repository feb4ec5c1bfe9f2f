// A model with what it learnt and how wide its intervals have to be, ready to answer.
import { startOfDay, zoneOffset } from "../series/clock.ts";
import { HOUR_SECONDS, type HouseSeries, valuesOf } from "../series/house-series.ts";
import { CONFORMAL_DAYS, ConformalRecord, type IntervalScales, scaleOf, stretched, UNSCALED } from "./conformal.ts";
import type { Forecast, Model } from "./model.ts";
import { modelFor } from "./registry.ts";

export interface ModelKey {
  name: string;
  target: Model["target"];
  scope: Model["scope"];
}

/** Plain data: survives `postMessage`. */
export interface Trained extends ModelKey {
  /** It saw nothing from here on. */
  untilSeconds: number;
  state: unknown;
  intervals: IntervalScales;
}

const DAY_SECONDS = 24 * HOUR_SECONDS;
/** Days that a model needs before its intervals can be tried on the days after. */
const LEAST_DAYS = 28;

/**
 * Fits a model twice: to what precedes the last 56 days, to see how its intervals do on days that it has not seen, and then to everything.
 * The more recent of the two answers, with the intervals stretched as the other one's should have been.
 */
export function train(key: ModelKey, houses: readonly HouseSeries[], untilSeconds: number): Trained {
  const model = modelFor(key.name, key.target, key.scope);
  const { name, target, scope } = model;
  const intervals = tryIntervals(model, houses, untilSeconds);
  return { name, target, scope, untilSeconds, state: model.fit(houses, untilSeconds), intervals };
}

function tryIntervals(model: Model, houses: readonly HouseSeries[], untilSeconds: number): IntervalScales {
  const begun = Math.min(untilSeconds, ...houses.map(({ startSeconds }) => startSeconds));
  const days = Math.min(CONFORMAL_DAYS, Math.floor((untilSeconds - begun) / DAY_SECONDS) - LEAST_DAYS);
  if (days < 1) return { homes: new Map(), others: UNSCALED };
  const state = model.fit(houses, untilSeconds - days * DAY_SECONDS);
  const record = new ConformalRecord();
  for (const house of houses) {
    const offset = zoneOffset(house.timeZone);
    const end = Math.min(untilSeconds, house.startSeconds + house.loadWh.length * HOUR_SECONDS);
    for (let day = 0; day < days; day += 1) {
      const origin = startOfDay(untilSeconds - (days - day) * DAY_SECONDS, offset);
      const at = (origin - house.startSeconds) / HOUR_SECONDS;
      const hours = Math.floor(Math.min(24, (end - origin) / HOUR_SECONDS));
      // The day that holds the start of the 56 begins before it, and a home may have joined later.
      if (at < 0 || hours < 1 || origin < untilSeconds - days * DAY_SECONDS) continue;
      const forecast = model.predict(state, house, origin, hours);
      record.add(house.id, day, forecast, valuesOf(house, model.target).subarray(at, at + hours));
    }
  }
  return record.scales(days);
}

/** A model that learns nothing, as it is: its intervals have not been tried. */
export const untrained = ({ name, target, scope }: ModelKey): Trained => ({
  name,
  target,
  scope,
  untilSeconds: 0,
  state: null,
  intervals: UNTRIED,
});
const UNTRIED: IntervalScales = { homes: new Map(), others: UNSCALED };

/** A trained model's answer: see `Model.predict`. */
export function forecastWith(trained: Trained, house: HouseSeries, originSeconds: number, hours: number): Forecast {
  const model = modelFor(trained.name, trained.target, trained.scope);
  return stretched(model.predict(trained.state, house, originSeconds, hours), scaleOf(trained.intervals, house.id));
}

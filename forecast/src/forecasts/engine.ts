// Forecasts of a home or of the community by the best model that is trained, with the reason where that is not the best one.
import type { Clock } from "../chain/clock.ts";
import type { House } from "../chain/registry.ts";
import { newestCommunityHour } from "../community/hours.ts";
import { MIN_HOMES } from "../community/publishable.ts";
import type { Database } from "../database/database.ts";
import { Together } from "../database/together.ts";
import { type Forecast, MAX_HOURS_AHEAD } from "../models/model.ts";
import { forecastWith, type Trained, untrained } from "../models/training.ts";
import { HOUR_SECONDS, type HouseSeries, type Target, valuesOf } from "../series/house-series.ts";
import { learnsNothing, MODELS, type NamedModel, type Scope } from "./model-set.ts";
import type { SeriesStore } from "./series-store.ts";
import { recordFor, type TrackRecord } from "./track-record.ts";
import { USUAL_HOURS, usualHours } from "./usual-hours.ts";

/** What is forecast for: a home, or all of them. */
export interface Subject {
  id: string;
  scope: Scope;
  series: HouseSeries;
  /** The clock on the wall; the series' own may differ by half an hour. */
  wallZone: string;
  /** Unix seconds from which on its track record counts. */
  since: number;
  /** Why the forecast is less than it could be, whatever the model. */
  lacks: string[];
}

export interface IssuedForecast extends Forecast {
  model: string;
  target: Target;
  /** Unix seconds; the hour that has begun and is not over. */
  origin: number;
}

/** What the weather service knows of a place, put into the series; or why it can't be had. */
export interface WeatherSource {
  into(series: HouseSeries, origin: number): Promise<{ series: HouseSeries; lacks: string | null }>;
}

/** Hours of its own without which a home's forecast says little. */
const ENOUGH_HOURS = 24;

export interface EngineOptions {
  db: Database;
  clock: Clock;
  store: SeriesStore;
  weather: WeatherSource | null;
  models?: readonly NamedModel[];
}

interface Made {
  origin: number;
  /** Of each training their own. */
  intervals: Trained["intervals"];
  forecast: Forecast;
}

export class ForecastEngine {
  readonly store: SeriesStore;
  readonly models: readonly NamedModel[];
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #weather: WeatherSource | null;
  readonly #trained = new Map<string, Trained>();
  readonly #reads = new Together();
  readonly #made = new WeakMap<HouseSeries, Map<string, Made>>();

  constructor({ db, clock, store, weather, models = MODELS }: EngineOptions) {
    this.store = store;
    this.models = models;
    this.#db = db;
    this.#clock = clock;
    this.#weather = weather;
  }

  /** What a training has brought. */
  learn(key: string, trained: Trained): void {
    this.#trained.set(key, trained);
  }

  isTrained(named: NamedModel): boolean {
    return this.#trained.has(named.key);
  }

  /** Whether the model that answers best for a home or the community is trained: until then a simple one stands in. */
  hasBest(scope: Scope, target: Target): boolean {
    const best = this.models.find(({ model }) => model.scope === scope && model.target === target);
    return best !== undefined && this.isTrained(best);
  }

  async origin(): Promise<number> {
    return Math.floor((await this.#clock.now()) / HOUR_SECONDS) * HOUR_SECONDS;
  }

  async home(house: House): Promise<Subject> {
    const { series, hasProfile, wallZone } = await this.store.home(house);
    const lacks = hasProfile ? [] : ["the home has no profile: place and time zone are the community's"];
    return { id: house.id, scope: "home", series, wallZone, since: house.ownerSince, lacks };
  }

  /** Null while fewer than five homes have readings. */
  async community(): Promise<Subject | null> {
    const newest = await this.#reads.read("community", () => newestCommunityHour(this.#db));
    if (!newest || newest.homes < MIN_HOMES) return null;
    const series = await this.store.community(newest);
    return { id: "community", scope: "community", series, wallZone: this.store.place.timeZone, since: 0, lacks: [] };
  }

  /** How the model of a forecast has done for this home or the community. */
  record({ id, since }: Subject, { target, model, origin }: IssuedForecast): Promise<TrackRecord | null> {
    const ask = () => recordFor(this.#db, { subject: id, target, model }, origin, since);
    return this.#reads.read(`record/${[id, target, model, origin, since].join("/")}`, ask);
  }

  async withWeather(subject: Subject, origin: number): Promise<Subject> {
    if (!this.#weather) return subject;
    const { series, lacks } = await this.#weather.into(subject.series, origin);
    return { ...subject, series, lacks: lacks === null ? subject.lacks : [...subject.lacks, lacks] };
  }

  /**
   * By the best model that has an answer: one that learns nothing needs no training, and where all of them doubt the readings the home's
   * usual hours are answered. Throws `NotTrained` where nothing is known at all.
   */
  forecast(subject: Subject, target: Target, origin: number, hours: number): IssuedForecast {
    const fitting = this.models.filter((named) => named.model.scope === subject.scope && named.model.target === target);
    const lacks = [...subject.lacks];
    const known = knownHours(subject.series, target, origin);
    if (known < ENOUGH_HOURS) lacks.push(`only ${known} hours are known, ${ENOUGH_HOURS} are needed`);
    const [best] = fitting;
    if (best && !this.isTrained(best)) lacks.push(`${best.model.name} is not trained yet`);
    let doubt: string | null = null;
    for (const named of fitting) {
      if (!this.isTrained(named) && !learnsNothing(named.model)) continue;
      const issued = this.predict(named, subject, origin, hours);
      if (isComplete(issued)) return degradedBy(issued, [...lacks, ...reasons(doubt, issued.degraded)]);
      doubt ??= issued.degraded ?? `${named.model.name} has no answer`;
    }
    const usual = usualHours(subject.series, target, origin, hours);
    if (!best || !usual) throw new NotTrained();
    const issued = { ...usual, model: USUAL_HOURS, target, origin };
    return degradedBy(issued, [...lacks, ...reasons(doubt), "what it usually is at each hour is answered"]);
  }

  predict({ key, model }: NamedModel, subject: Subject, origin: number, hours: number): IssuedForecast {
    const trained = this.#trained.get(key) ?? (learnsNothing(model) ? untrained(model) : undefined);
    if (!trained) throw new NotTrained();
    const { lowerWh, pointWh, upperWh, degraded } = this.#longest(trained, subject.series, origin);
    const [lower, point, upper] = [lowerWh, pointWh, upperWh].map((values) => values.slice(0, hours));
    if (!lower || !point || !upper) throw new RangeError("a forecast has three lines");
    return {
      lowerWh: lower,
      pointWh: point,
      upperWh: upper,
      degraded,
      model: model.name,
      target: model.target,
      origin,
    };
  }

  /** Fewer hours are the beginning of all: made once for each hour, until the series or what was learnt is another. */
  #longest(trained: Trained, series: HouseSeries, origin: number): Forecast {
    const known = this.#made.get(series) ?? new Map<string, Made>();
    this.#made.set(series, known);
    const key = `${trained.scope}/${trained.target}/${trained.name}`;
    const made = known.get(key);
    if (made && made.origin === origin && made.intervals === trained.intervals) return made.forecast;
    const forecast = forecastWith(trained, series, origin, MAX_HOURS_AHEAD);
    known.set(key, { origin, intervals: trained.intervals, forecast });
    return forecast;
  }
}

const reasons = (...texts: (string | null)[]): string[] => [...new Set(texts.filter((text) => text !== null))];

const degradedBy = (forecast: IssuedForecast, lacks: readonly string[]): IssuedForecast => ({
  ...forecast,
  degraded: lacks.length > 0 ? lacks.join("; ") : null,
});

/** Whether there is a value for each hour: there is none where no home has ever been read. */
export const isComplete = ({ pointWh, lowerWh, upperWh }: Forecast): boolean =>
  [pointWh, lowerWh, upperWh].every((values) => values.every((value) => !Number.isNaN(value)));

/** Asked where nothing is trained and nothing is known. */
export class NotTrained extends Error {}

export function knownHours(series: HouseSeries, target: Target, before: number): number {
  const end = (before - series.startSeconds) / HOUR_SECONDS;
  let known = 0;
  for (const [index, value] of valuesOf(series, target).entries()) if (index < end && !Number.isNaN(value)) known += 1;
  return known;
}

// Forecasts of all homes together, for what is told of them only in sums: never of one.
import { setImmediate as pause } from "node:timers/promises";
import type { House, Registry } from "../chain/registry.ts";
import type { Forecast } from "../models/model.ts";
import type { Candidate } from "./admission.ts";
import { type ForecastEngine, knownHours, NotTrained, type Subject } from "./engine.ts";

/** Hours of its own that a home must have. */
const ENOUGH_HOURS = 24;

export interface ForecastOfHome {
  owner: string;
  /** As registered on the chain. */
  capacityWatts: number;
  load: Forecast;
  pv: Forecast;
}

export interface ForecastsOfHomes {
  /** Unix seconds of the first hour. */
  origin: number;
  homes: ForecastOfHome[];
  /** Why all of them are less than they could be, or null; what one home lacks is its owner's alone. */
  degraded: string | null;
}

export interface AllHomesOptions {
  engine: Pick<ForecastEngine, "origin" | "home" | "withWeather" | "forecast" | "hasBest">;
  registry: { read(): Promise<Registry> };
  /** Which of the homes count: see `admitted`. */
  admit(candidates: readonly Candidate[]): Promise<ReadonlySet<Candidate>>;
  hours: number;
  /** Of what was made before the models were trained. */
  keepMilliseconds: number;
}

/**
 * Made once an hour for everybody who asks: were it made with each reading that comes in, who asks often would see what each changes.
 * Before the first training it is made anew after `keepMilliseconds`.
 */
export class AllHomes {
  readonly #options: AllHomesOptions;
  #kept: { forecasts: ForecastsOfHomes; until: number } | null = null;
  #making: Promise<ForecastsOfHomes | null> | null = null;

  constructor(options: AllHomesOptions) {
    this.#options = options;
  }

  /** Null before the first training. */
  async read(): Promise<ForecastsOfHomes | null> {
    const origin = await this.#options.engine.origin();
    const kept = this.#kept;
    if (kept && kept.until > performance.now() && kept.forecasts.origin === origin) return kept.forecasts;
    this.#making ??= this.#make(origin)
      .then((forecasts) => {
        this.#kept = forecasts && { forecasts, until: this.#until(forecasts) };
        return forecasts;
      })
      .finally(() => {
        this.#making = null;
      });
    return this.#making;
  }

  /** Few homes may be those of a service that has just begun: more may come before the hour is over. */
  #until({ homes }: ForecastsOfHomes): number {
    const isFinal = this.#hasBest() && homes.length > 0;
    return isFinal ? Number.POSITIVE_INFINITY : performance.now() + this.#options.keepMilliseconds;
  }

  #hasBest(): boolean {
    const { engine } = this.#options;
    return engine.hasBest("home", "load") && engine.hasBest("home", "pv");
  }

  async #make(origin: number): Promise<ForecastsOfHomes | null> {
    const { engine, registry, admit } = this.#options;
    const candidates = new Map<Candidate, { house: House; subject: Subject }>();
    for (const house of (await registry.read()).all()) {
      if (!house.active) continue;
      const subject = await engine.home(house);
      if (knownHours(subject.series, "load", origin) < ENOUGH_HOURS) continue;
      candidates.set({ house: house.id, owner: house.owner, series: subject.series.id }, { house, subject });
    }
    const counted = await admit([...candidates.keys()]);
    const homes: ForecastOfHome[] = [];
    const degraded = this.#hasBest() ? null : UNTRAINED;
    let untrained = 0;
    for (const [candidate, { house, subject }] of candidates) {
      if (!counted.has(candidate)) continue;
      try {
        homes.push(await this.#forecast(house, subject, origin));
      } catch (error) {
        // Nothing is trained, or no model has an answer for this home.
        if (!(error instanceof NotTrained)) throw error;
        untrained += 1;
      }
      // Others are answered between two homes.
      await pause();
    }
    return homes.length === 0 && untrained > 0 ? null : { origin, homes, degraded };
  }

  async #forecast(house: House, known: Subject, origin: number): Promise<ForecastOfHome> {
    const { engine, hours } = this.#options;
    const subject = await engine.withWeather(known, origin);
    const [load, pv] = [engine.forecast(subject, "load", origin, hours), engine.forecast(subject, "pv", origin, hours)];
    return { owner: house.owner, capacityWatts: house.capacityWatts, load, pv };
  }
}

/** Told with what is made of forecasts before the first training. */
const UNTRAINED = "the best models are not trained yet: forecasts by simple ones stand in";

// Forecasts of all homes together, for what is told of them only in sums: never of one.
import { setImmediate as pause } from "node:timers/promises";
import type { House, Registry } from "../chain/registry.ts";
import type { Forecast } from "../models/model.ts";
import { type ForecastEngine, knownHours, NotTrained } from "./engine.ts";

/** Hours of its own that a home must have. */
const ENOUGH_HOURS = 24;

export interface ForecastOfHome {
  owner: string;
  load: Forecast;
  pv: Forecast;
}

export interface ForecastsOfHomes {
  /** Unix seconds of the first hour. */
  origin: number;
  homes: ForecastOfHome[];
}

export interface AllHomesOptions {
  engine: Pick<ForecastEngine, "origin" | "home" | "withWeather" | "forecast">;
  registry: { read(): Promise<Registry> };
  hours: number;
  keepMilliseconds: number;
}

/** Made once for everybody who asks at the same time, and kept until the next hour, at most for so long. */
export class AllHomes {
  readonly #options: AllHomesOptions;
  #kept: { forecasts: ForecastsOfHomes; until: number } | null = null;
  #making: Promise<ForecastsOfHomes | null> | null = null;

  constructor(options: AllHomesOptions) {
    this.#options = options;
  }

  /** Null before the first training. */
  async read(): Promise<ForecastsOfHomes | null> {
    const { engine, keepMilliseconds } = this.#options;
    const origin = await engine.origin();
    const kept = this.#kept;
    if (kept && kept.until > performance.now() && kept.forecasts.origin === origin) return kept.forecasts;
    this.#making ??= this.#make(origin)
      .then((forecasts) => {
        this.#kept = forecasts && { forecasts, until: performance.now() + keepMilliseconds };
        return forecasts;
      })
      .finally(() => {
        this.#making = null;
      });
    return this.#making;
  }

  async #make(origin: number): Promise<ForecastsOfHomes | null> {
    const homes: ForecastOfHome[] = [];
    let untrained = 0;
    for (const house of (await this.#options.registry.read()).all()) {
      if (!house.active) continue;
      try {
        const forecast = await this.#forecast(house, origin);
        if (forecast) homes.push(forecast);
      } catch (error) {
        // Nothing is trained, or no model has an answer for this home.
        if (!(error instanceof NotTrained)) throw error;
        untrained += 1;
      }
      // Others are answered between two homes.
      await pause();
    }
    return homes.length === 0 && untrained > 0 ? null : { origin, homes };
  }

  async #forecast(house: House, origin: number): Promise<ForecastOfHome | null> {
    const { engine, hours } = this.#options;
    const subject = await engine.withWeather(await engine.home(house), origin);
    if (knownHours(subject.series, "load", origin) < ENOUGH_HOURS) return null;
    const [load, pv] = [engine.forecast(subject, "load", origin, hours), engine.forecast(subject, "pv", origin, hours)];
    return { owner: house.owner, load, pv };
  }
}

// Trains all models in a thread of their own, so that no request waits for it.
import type { House, Registry } from "../chain/registry.ts";
import type { Database } from "../database/database.ts";
import { BEST_MODELS } from "../models/registry.ts";
import { trainInWorker } from "../models/train-worker.ts";
import type { Trained } from "../models/training.ts";
import type { HouseSeries } from "../series/house-series.ts";
import { type ForecastEngine, knownHours } from "./engine.ts";
import type { NamedModel, Scope } from "./model-set.ts";
import { keepTrained } from "./trained-store.ts";

/** Hours that a home must have to be learnt from. */
const ENOUGH_HOURS = 48;
/** What was learnt from so little that there is now so many times as much is learnt anew. */
const GROWTH = 2;

export interface Training {
  homes: number;
  trained: string[];
}

export interface TrainingOptions {
  /** Train everything, whatever is trained already. */
  everything: boolean;
  signal: AbortSignal;
}

/** Learns from what there is now; null where there is nothing new to learn from. Knows how much was learnt from the last time. */
export class Trainer {
  readonly #db: Database;
  readonly #engine: ForecastEngine;
  readonly #lastHours: Record<Scope, number> = { home: 0, community: 0 };

  constructor(db: Database, engine: ForecastEngine) {
    this.#db = db;
    this.#engine = engine;
  }

  async train(registry: Registry, { everything, signal }: TrainingOptions): Promise<Training | null> {
    const until = await this.#engine.origin();
    const lessons = {
      home: await this.#homes(registry.all(), until),
      community: await this.#community(until),
    };
    const training: Training = { homes: lessons.home.length, trained: [] };
    const due = (["home", "community"] as const).filter((scope) => {
      const hours = hoursOf(lessons[scope], until);
      return hours > 0 && (everything || hours >= GROWTH * this.#lastHours[scope] || !this.#isTrained(scope));
    });
    const learnt = new Map<string, Trained>();
    const isBest = ({ model }: NamedModel) => BEST_MODELS.includes(model);
    // The simple ones are ready first: until the best are, they answer.
    for (const best of [false, true]) {
      for (const scope of due) {
        const models = this.#engine.models.filter((named) => named.model.scope === scope && isBest(named) === best);
        const trained = await trainInWorker(
          models.map(({ model }) => model),
          lessons[scope],
          until,
          { signal },
        );
        for (const [index, { key }] of models.entries()) {
          const result = trained[index];
          if (!result) continue;
          this.#engine.learn(key, result);
          training.trained.push(key);
          learnt.set(key, result);
        }
      }
    }
    for (const scope of due) this.#lastHours[scope] = hoursOf(lessons[scope], until);
    await keepTrained(this.#db, learnt);
    return due.length > 0 ? training : null;
  }

  #isTrained(scope: Scope): boolean {
    return this.#engine.models.every((named) => named.model.scope !== scope || this.#engine.isTrained(named));
  }

  async #homes(houses: readonly House[], until: number): Promise<HouseSeries[]> {
    const all: HouseSeries[] = [];
    for (const house of houses) {
      const { series } = await this.#engine.withWeather(await this.#engine.home(house), until);
      if (knownHours(series, "load", until) >= ENOUGH_HOURS) all.push(series);
    }
    return all;
  }

  async #community(until: number): Promise<HouseSeries[]> {
    const community = await this.#engine.community();
    if (!community || knownHours(community.series, "load", until) < ENOUGH_HOURS) return [];
    return [(await this.#engine.withWeather(community, until)).series];
  }
}

const hoursOf = (all: readonly HouseSeries[], until: number): number =>
  all.reduce((sum, series) => sum + knownHours(series, "load", until), 0);

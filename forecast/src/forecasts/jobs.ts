// What runs beside the requests: publishing the community's hours, training, issuing and scoring, and tidying up.
import type { Logger } from "pino";
import { SETTLE_SECONDS, settleHours } from "../community/settle.ts";
import type { HouseSeries } from "../series/house-series.ts";
import type { Services } from "../services.ts";
import { type ForecastEngine, type IssuedForecast, isComplete, knownHours, type Subject } from "./engine.ts";
import { modelRecords } from "./model-records.ts";
import { forgetOld, keepIssued, scoreDue } from "./track-record.ts";
import { recallTrained } from "./trained-store.ts";
import { Trainer } from "./trainer.ts";

/** Milliseconds between rounds on a chain that runs with the world's clock, and at least. */
const ROUND_MS = 60_000;
const LEAST_ROUND_MS = 5_000;
/** Every model forecasts anew at each multiple of this, 24 hours ahead. */
const ISSUE_EVERY_SECONDS = 6 * 3_600;
const ISSUED_HOURS = 24;
/** Of the world's clock, whatever the chain's. */
const LEAST_TRAINING_MS = 10 * 60_000;
const RETRY_TRAINING_MS = 15_000;
/** Days that are looked at in each round, and once a day, for hours that are not published yet. */
const [WINDOW_DAYS, LONG_WINDOW_DAYS] = [8, 400];
const MOST_NEW_HOURS = 3;
/** Hours that a home must have to be forecast for the record. */
const ENOUGH_HOURS = 48;

export class Jobs {
  readonly #services: Services;
  readonly #engine: ForecastEngine;
  readonly #logger: Logger;
  readonly #stop = new AbortController();
  readonly #trainer: Trainer;
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<void> | null = null;
  #training: Promise<void> | null = null;
  #nextTraining = 0;
  #nextFullTraining = 0;
  #nextLongLook = 0;
  #nextTidying = 0;
  #lastOrigin = 0;
  #hasToldScores = false;
  #hasRecalled = false;

  constructor(services: Services, engine: ForecastEngine, logger: Logger) {
    this.#services = services;
    this.#engine = engine;
    this.#trainer = new Trainer(services.database.db, engine);
    this.#logger = logger;
  }

  start(): void {
    const pause = Math.max(LEAST_ROUND_MS, ROUND_MS / this.#services.config.clockSpeed);
    const next = () => {
      this.#round = this.round().finally(() => {
        if (!this.#stop.signal.aborted) this.#timer = setTimeout(next, pause);
      });
    };
    next();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    if (this.#timer) clearTimeout(this.#timer);
    await Promise.allSettled([this.#round, this.#training]);
  }

  /** Resolves when no training is under way. */
  async trained(): Promise<void> {
    await this.#training;
  }

  /** One of each job, in order; what fails is told and tried again the next time. */
  async round(): Promise<void> {
    if (!this.#hasRecalled) await this.#run("recall", () => this.#recall());
    await this.#run("settle", () => this.#settle());
    if (!this.#training && performance.now() >= this.#nextTraining) {
      this.#training = this.#run("train", () => this.#train()).finally(() => {
        this.#training = null;
      });
    }
    await this.#run("issue", () => this.issue());
    await this.#run("score", () => this.score());
    await this.#run("tidy", () => this.#tidy());
  }

  async #run(name: string, job: () => Promise<unknown>): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    try {
      await job();
      this.#services.metrics.job(name, "done", seconds());
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#services.metrics.job(name, "failed", seconds());
      this.#logger.warn({ job: name, reason: error instanceof Error ? error.message.split("\n")[0] : "unknown" });
    }
  }

  async #settle(): Promise<void> {
    const { database, registry, clock, config } = this.#services;
    const isLong = performance.now() >= this.#nextLongLook;
    const options = {
      now: await clock.now(),
      windowSeconds: (isLong ? LONG_WINDOW_DAYS : WINDOW_DAYS) * 86_400,
      quietSeconds: SETTLE_SECONDS / config.clockSpeed,
    };
    const hours = await settleHours(database.db, await registry.read(), options);
    if (isLong) this.#nextLongLook = performance.now() + Math.max(60_000, 86_400_000 / config.clockSpeed);
    // More than what the clock brings: somebody's past is coming in.
    if (hours > MOST_NEW_HOURS) this.#nextLongLook = 0;
    if (hours > 0) this.#logger.debug({ job: "settle", hours });
  }

  async #recall(): Promise<void> {
    const models = await recallTrained(this.#services.database.db, this.#engine);
    this.#hasRecalled = true;
    if (models > 0) this.#logger.info({ job: "recall", models });
  }

  async #train(): Promise<void> {
    const { registry, config } = this.#services;
    const everything = performance.now() >= this.#nextFullTraining;
    this.#nextTraining = performance.now() + RETRY_TRAINING_MS;
    const training = await this.#trainer.train(await registry.read(), { everything, signal: this.#stop.signal });
    if (!training) return;
    const pause = (config.trainEveryHours * 3_600_000) / config.clockSpeed;
    if (everything) this.#nextFullTraining = performance.now() + Math.max(LEAST_TRAINING_MS, pause);
    this.#logger.info({ job: "train", ...training });
  }

  /** Every trained model forecasts every home and the community, once each six hours. */
  async issue(): Promise<number> {
    const { database, registry } = this.#services;
    const now = await this.#engine.origin();
    const origin = Math.floor(now / ISSUE_EVERY_SECONDS) * ISSUE_EVERY_SECONDS;
    // A forecast that is issued late would have seen what it forecasts.
    if (now !== origin || origin === this.#lastOrigin) return 0;
    const subjects: Subject[] = [];
    const community = await this.#engine.community();
    if (community) subjects.push(community);
    for (const house of (await registry.read()).all()) if (house.active) subjects.push(await this.#engine.home(house));
    let issued = 0;
    for (const subject of subjects) {
      if (knownHours(subject.series, "load", origin) < ENOUGH_HOURS) continue;
      const informed = await this.#engine.withWeather(subject, origin);
      const forecasts: IssuedForecast[] = [];
      for (const named of this.#engine.models) {
        if (named.model.scope !== subject.scope || !this.#engine.isTrained(named)) continue;
        if (named.model.target === "pv" && informed.series.capacityWatts === 0) continue;
        const forecast = this.#engine.predict(named, informed, origin, ISSUED_HOURS);
        if (isComplete(forecast)) forecasts.push(forecast);
        // Requests wait for one forecast at most.
        await new Promise((resolve) => setImmediate(resolve));
      }
      await keepIssued(database.db, subject.id, forecasts);
      issued += forecasts.length;
    }
    if (issued > 0) this.#lastOrigin = origin;
    return issued;
  }

  async score(): Promise<number> {
    const { database, registry, clock, metrics } = this.#services;
    const houses = await registry.read();
    const seriesOf = async (subject: string): Promise<HouseSeries | null> => {
      if (subject === "community") return (await this.#engine.community())?.series ?? null;
      const house = houses.byId(subject);
      return house ? (await this.#engine.home(house)).series : null;
    };
    const scored = await scoreDue(database.db, await clock.now(), seriesOf);
    // What was scored before this process began counts, too.
    if (scored === 0 && this.#hasToldScores) return 0;
    for (const { model, target, record } of await modelRecords(database.db, this.#engine, houses)) {
      if (record) metrics.score(model, target, record.maeWh, record.coverage);
    }
    this.#hasToldScores = true;
    return scored;
  }

  async #tidy(): Promise<void> {
    if (performance.now() < this.#nextTidying) return;
    const { database, sessions, clock } = this.#services;
    await sessions.purge();
    await forgetOld(database.db, await clock.now());
    this.#nextTidying = performance.now() + 3_600_000;
  }
}

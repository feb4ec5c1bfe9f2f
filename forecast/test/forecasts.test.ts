import { TransactionRollbackError } from "drizzle-orm";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Database } from "../src/database/database.ts";
import { trainedModel } from "../src/database/schema.ts";
import { ForecastEngine, NotTrained, type Subject } from "../src/forecasts/engine.ts";
import { Jobs } from "../src/forecasts/jobs.ts";
import { MODELS } from "../src/forecasts/model-set.ts";
import type { SeriesStore } from "../src/forecasts/series-store.ts";
import { scoreOf } from "../src/forecasts/track-record.ts";
import { keepTrained, recallTrained } from "../src/forecasts/trained-store.ts";
import { deleteHome } from "../src/homes/home-data.ts";
import { type Trained, train } from "../src/models/training.ts";
import type { HouseSeries } from "../src/series/house-series.ts";
import { onBothDatabases } from "./support/databases.ts";
import {
  readingAt,
  rowsOf,
  startChain,
  startService,
  type TestChain,
  type TestHome,
  type TestService,
} from "./support/world.ts";

const HOUR = 3600;
const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
const DAYS = 15;

const answerSchema = z.object({
  data: z.object({
    houseId: z.string().nullable(),
    predictedDemand: z.number(),
    issuedAt: z.string(),
    hours: z.number(),
    model: z.string(),
    confidence: z.number().nullable(),
    trackRecord: z.object({ hours: z.number(), maeKwh: z.number() }).nullable(),
    trend: z.string(),
    recommendation: z.string(),
    degraded: z.boolean(),
    degradedReason: z.string().nullable(),
    hourlyForecast: z.array(
      z.object({ start: z.string(), demandKwh: z.number(), lowerKwh: z.number(), upperKwh: z.number() }),
    ),
  }),
});

onBothDatabases("forecasts", (place) => {
  let chain: TestChain;
  let service: TestService;
  let jobs: Jobs;
  let home: TestHome;
  let token: string;

  const consumptionAt = (start: number, index: number) => 200 + index * 10 + ((((start / HOUR) % 24) + 24) % 24);
  const productionAt = (start: number) =>
    Math.round(1_500 * Math.max(0, Math.sin((((start / HOUR) % 24) / 12 - 0.5) * Math.PI)));
  const reading = (start: number, index: number) =>
    readingAt(start, {
      lengthSeconds: HOUR,
      productionWh: productionAt(start),
      consumptionWh: consumptionAt(start, index),
    });

  beforeAll(async () => {
    chain = await startChain(6);
    home = chain.homes[0] as TestHome;
    // Rounds by hand; a clock this fast settles hours at once, and keeps what is cached for half a second.
    service = await startService(chain, await place(), { clockSpeed: 600 });
    jobs = new Jobs(service.services, service.services.engine, pino({ enabled: false }));
    token = await service.signIn(home.owner);
  });
  afterAll(async () => {
    await jobs.stop();
    await service.close();
    await chain.anvil.stop();
  });

  const demand = async (query = "", headers: Record<string, string> = {}) =>
    service.request(`/api/forecast${query}`, { token, headers });
  const dataOf = async (response: Response) => {
    expect(response.status).toBe(200);
    return answerSchema.parse(await response.json()).data;
  };

  it("are not to be had before there is anything to learn from, and say so", async () => {
    expect((await demand()).status).toBe(404);
    const own = await demand(`?houseId=${home.id}`);
    expect([own.status, await own.json()]).toMatchObject([503, { error: { message: /no model is trained yet/ } }]);
  });

  it("come with hours, interval, model and reason", async () => {
    const end = Math.floor((await chain.now()) / HOUR) * HOUR;
    for (const [index, each] of chain.homes.entries()) {
      const readings = Array.from({ length: DAYS * 24 }, (_, back) => reading(end - (back + 1) * HOUR, index));
      expect((await service.send(each, readings)).status).toBe(200);
    }
    await new Promise((resolve) => setTimeout(resolve, 6_500));
    await jobs.round();
    await jobs.trained();
    const own = await dataOf(await demand(`?houseId=${home.id}&hours=48`));
    expect(own).toMatchObject({
      houseId: home.id,
      hours: 48,
      issuedAt: new Date(end * 1000).toISOString(),
      confidence: null,
    });
    expect(own.hourlyForecast).toHaveLength(48);
    for (const [index, hour] of own.hourlyForecast.entries()) {
      expect(hour.start).toBe(new Date((end + index * HOUR) * 1000).toISOString());
      expect(hour.lowerKwh).toBeLessThanOrEqual(hour.demandKwh);
      expect(hour.demandKwh).toBeLessThanOrEqual(hour.upperKwh);
      // Every day is as the one before.
      expect(Math.abs(hour.demandKwh * 1000 - consumptionAt(end + index * HOUR, 0))).toBeLessThan(30);
    }
    const sum = own.hourlyForecast.reduce((total, { demandKwh }) => total + demandKwh, 0);
    expect(own.predictedDemand).toBeCloseTo(sum, 1);
    expect(own.trend).toBe("steady");
    expect(own.degradedReason).toContain("the home has no profile");
    expect(own.recommendation).toMatch(
      /^Run what can wait between \d\d:\d\d and \d\d:\d\d: solar is expected to give \d+\.\d kWh more/,
    );
    const all = await dataOf(await service.request("/api/forecast", { method: "POST", json: {} }));
    expect(all).toMatchObject({ houseId: null, hours: 24 });
    expect(all.predictedDemand).toBeGreaterThan(5.5 * 24 * 0.2);
    const solar = await service.request(`/api/solar-forecast?houseId=${home.id}`, { token });
    const { data } = (await solar.json()) as { data: { hourlyForecast: { generationKwh: number }[] } };
    for (const [index, { generationKwh }] of data.hourlyForecast.entries()) {
      const hour = (end / HOUR + index) % 24;
      if (hour < 5 || hour >= 19) expect([hour, generationKwh]).toEqual([hour, 0]);
      if (hour >= 10 && hour < 14) expect(generationKwh).toBeGreaterThan(1);
    }
  });

  it.each([true, [24], "24", null])("refuse %j for hours", async (hours) => {
    const response = await service.request("/api/forecast", { method: "POST", json: { hours } });
    const message = "hours: expected a whole number of hours from 1 to 48";
    expect([response.status, await response.json()]).toMatchObject([400, { error: { message } }]);
  });

  it.each([
    ["?hours=0", "hours"],
    ["?hours=49", "hours"],
    ["?hours=1.5", "hours"],
    ["?hours=0x10", "hours"],
    ["?hours=", "hours"],
    ["?houseId=home-01", "houseId"],
  ])("refuse %s by name", async (query, field) => {
    const response = await demand(query);
    expect([response.status, await response.json()]).toMatchObject([400, { error: { field } }]);
  });

  it("are computed once for all who ask at the same time, and not again for whoever has them", async () => {
    const engine = service.services.engine;
    const compute = engine.home.bind(engine);
    let computed = 0;
    engine.home = async (house) => {
      computed += 1;
      return compute(house);
    };
    await new Promise((resolve) => setTimeout(resolve, 600));
    const answers = await Promise.all(Array.from({ length: 20 }, () => demand(`?houseId=${home.id}&hours=12`)));
    expect(computed).toBe(1);
    engine.home = compute;
    const bodies = await Promise.all(answers.map(async (answer) => answerSchema.parse(await answer.json()).data));
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    const [first] = answers;
    expect(first?.headers.get("cache-control")).toBe("private, no-cache");
    expect(first?.headers.get("vary")?.toLowerCase()).toContain("authorization, cookie");
    const etag = first?.headers.get("etag") ?? "none";
    expect((await demand(`?houseId=${home.id}&hours=12`, { "if-none-match": etag })).status).toBe(304);
    expect((await demand(`?houseId=${home.id}&hours=13`, { "if-none-match": etag })).status).toBe(200);
    expect((await demand()).headers.get("cache-control")).toMatch(/^public, max-age=\d+$/);
  });

  it("of few hours are the beginning of those of many, by every model", async () => {
    const { engine, registry } = service.services;
    const house = (await registry.read()).byId(home.id);
    if (!house) throw new Error("no such house");
    const [origin, subject] = [await engine.origin(), await engine.home(house)];
    for (const named of MODELS.filter(({ model }) => model.scope === "home")) {
      const state = named.model.fit([subject.series], origin);
      const all = named.model.predict(state, subject.series, origin, 48);
      for (const hours of [1, 7, 24, 30]) {
        const few = named.model.predict(state, subject.series, origin, hours);
        for (const line of ["lowerWh", "pointWh", "upperWh"] as const) {
          expect(few[line], `${named.key}, ${hours} hours`).toEqual(all[line].slice(0, hours));
        }
        expect(engine.predict(named, subject, origin, hours).pointWh).toHaveLength(hours);
      }
    }
  });

  it("are as good right after a restart, and of a deleted home nothing is kept", async () => {
    const { db } = service.services.database;
    const engine = new ForecastEngine({ ...service.services, db, store: service.services.engine.store, weather: null });
    const house = (await service.services.registry.read()).byId(home.id);
    if (!house) throw new Error("no such house");
    const origin = await engine.origin();
    const forecastBy = async (by: ForecastEngine) => by.forecast(await by.home(house), "load", origin, 24);
    expect((await forecastBy(engine)).model).toBe("hourly-smoothing");
    expect(await recallTrained(db, engine)).toBe(MODELS.length);
    expect(await forecastBy(engine)).toEqual(await forecastBy(service.services.engine));
    const learnt = new Map([["x", { untilSeconds: origin } as Trained]]);
    await db
      .transaction(async (tx) => {
        await deleteHome(tx, `0x${"d".repeat(40)}`, origin + 1);
        expect(
          await recallTrained(
            tx,
            new ForecastEngine({ ...service.services, db: tx, store: engine.store, weather: null }),
          ),
        ).toBe(0);
        // A training that began before the deletion must not bring it back.
        await keepTrained(tx, learnt);
        expect(await tx.select().from(trainedModel)).toEqual([]);
        tx.rollback();
      })
      .catch((error: unknown) => {
        if (!(error instanceof TransactionRollbackError)) throw error;
      });
  });

  it("are scored on what then happened, and confidence is what that says", async () => {
    // To the next issue, and a day and some hours beyond.
    const origin = Math.ceil((await chain.now()) / (6 * HOUR)) * 6 * HOUR;
    await chain.client.setNextBlockTimestamp({ timestamp: BigInt(origin + 60) });
    await chain.client.mine({ blocks: 1 });
    const until = async (hour: number) => {
      // The chain's clock is read once a second.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      for (const [index, each] of chain.homes.entries()) {
        const kept = await rowsOf(service, "reading");
        const last = Math.max(...kept.filter(({ house }) => house === each.id).map(({ start }) => Number(start)));
        const readings = [];
        for (let start = last + HOUR; start < hour; start += HOUR) readings.push(reading(start, index));
        if (readings.length > 0) expect((await service.send(each, readings)).status).toBe(200);
      }
    };
    await until(origin);
    expect(await jobs.issue()).toBeGreaterThan(0);
    expect(await jobs.issue()).toBe(0);
    expect(await jobs.score()).toBe(0);
    const told = await dataOf(await service.request("/api/forecast?hours=24"));
    await chain.client.setNextBlockTimestamp({ timestamp: BigInt(origin + 28 * HOUR) });
    await chain.client.mine({ blocks: 1 });
    await until(origin + 28 * HOUR);
    expect(await jobs.score()).toBeGreaterThan(0);
    const own = await dataOf(await demand(`?houseId=${home.id}`));
    expect(own.trackRecord?.hours).toBe(24);
    // What was said of an hour before it began can be compared with what was metered; nothing is said afterwards.
    const issued = await service.request(
      `/api/community/forecasts?from=${iso(origin - 6 * HOUR)}&to=${iso(origin + 28 * HOUR)}`,
    );
    expect(issued.status).toBe(200);
    expect(await issued.json()).toMatchObject({
      data: {
        hours: told.hourlyForecast.map(({ demandKwh: expectedKwh, ...hour }) => ({
          ...hour,
          expectedKwh,
          model: told.model,
          issuedAt: iso(origin),
        })),
      },
    });
    const backwards = await service.request(`/api/community/forecasts?from=${iso(origin)}&to=${iso(origin - HOUR)}`);
    expect([backwards.status, await backwards.json()]).toMatchObject([400, { error: { field: "from" } }]);
    // What was forecast was so.
    expect(own.trackRecord?.maeKwh).toBeLessThan(0.03);
    expect(own.confidence).toBeGreaterThan(0.85);
    const models = await service.request("/api/models");
    const { data } = (await models.json()) as {
      data: { model: string; scope: string; homes: number; record: { hours: number } | null }[];
    };
    expect(data).toHaveLength(MODELS.length);
    const scored = data.filter(({ scope, record }) => scope === "home" && record);
    expect(scored.length).toBeGreaterThan(0);
    for (const { homes, record } of scored) expect([homes, record?.hours]).toEqual([6, 144]);
  });
});

describe("a score", () => {
  it("is what a calculation by hand gives, over the hours that are known", () => {
    const series = {
      startSeconds: 0,
      loadWh: Float64Array.from([0, 100, 250, Number.NaN, 90]),
      pvWh: Float64Array.from([0, 0, 50, 0, 0]),
    } as HouseSeries;
    const issued = {
      origin: HOUR,
      pointWh: [110, 200, 100, 100],
      lowerWh: [90, 150, 90, 95],
      upperWh: [130, 240, 120, 120],
    };
    const load = scoreOf({ target: "load", ...issued }, series);
    expect(load).toMatchObject({
      hours: 3,
      intervalHours: 3,
      coveredHours: 1,
      absoluteErrorWh: 70,
      squareError: 2_700,
      actualWh: 440,
    });
    // 10 %: .1*10, .1*100, .9*5; 50 %: .5*10, .5*50, .5*10; 90 %: .1*30, .9*10, .1*30.
    expect(load.pinballWh).toBeCloseTo((1 + 10 + 4.5 + 5 + 25 + 5 + 3 + 9 + 3) / 3, 9);
    const night = { origin: HOUR, pointWh: [0, 40, 0], lowerWh: [0, 30, 0], upperWh: [0, 60, 0] };
    expect(scoreOf({ target: "pv", ...night }, series)).toMatchObject({ hours: 3, intervalHours: 1, coveredHours: 1 });
  });
});

describe("a home whose readings every model doubts", () => {
  const origin = Math.floor(Date.UTC(2026, 5, 1) / 1000);
  const store = { place: { latitude: 18.5, longitude: 73.9, timeZone: "Asia/Kolkata" } } as SeriesStore;
  const engineOf = () =>
    new ForecastEngine({ db: {} as Database, clock: { now: async () => origin }, store, weather: null });
  const flat = (hours: number, loadWh: number): Subject => ({
    id: "flat",
    scope: "home",
    series: {
      id: "flat",
      capacityWatts: 0,
      latitude: 18.5,
      longitude: 73.9,
      timeZone: "UTC",
      startSeconds: origin - hours * HOUR,
      loadWh: new Float64Array(hours).fill(loadWh),
      pvWh: new Float64Array(hours),
    },
    wallZone: "UTC",
    since: 0,
    lacks: [],
  });

  it.each([true, false])("is answered with what it usually is, and why no more is known (trained: %s)", (trained) => {
    const engine = engineOf();
    const subject = flat(40 * 24, 400);
    if (trained) {
      for (const { key, model } of MODELS) {
        if (model.scope === "home") engine.learn(key, train(model, [subject.series], origin));
      }
    }
    for (const hours of [1, 24, 48]) {
      const load = engine.forecast(subject, "load", origin, hours);
      expect([...load.pointWh]).toEqual(Array(hours).fill(400));
      expect(load.model).toBe("usual-hours");
      expect(load.degraded).toMatch(/what it usually is at each hour is answered/);
      expect(load.degraded).toMatch(trained ? /one value|equal|same|stuck|reading/ : /is not trained yet/);
      expect([...engine.forecast(subject, "pv", origin, hours).pointWh]).toEqual(Array(hours).fill(0));
    }
  });

  it("is answered by a model that needs no training while none is trained, and told so", () => {
    const subject = flat(40 * 24, 0);
    for (const i of subject.series.loadWh.keys())
      subject.series.loadWh[i] = 300 + 100 * (i % 24) + ((i * 7_919) % 97) / 10;
    const { pointWh, model, degraded } = engineOf().forecast(subject, "load", origin, 24);
    expect([model, degraded]).toEqual(["hourly-smoothing", "demand-gbdt-lad is not trained yet"]);
    for (const [hour, wattHours] of pointWh.entries()) expect(Math.abs(wattHours - 300 - 100 * hour)).toBeLessThan(10);
  });

  it("has no forecast where nothing was ever known", () => {
    expect(() => engineOf().forecast(flat(0, 0), "load", origin, 24)).toThrow(NotTrained);
  });
});

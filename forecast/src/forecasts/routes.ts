import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { ChainRegistry } from "../chain/registry.ts";
import type { Config } from "../config.ts";
import type { Database } from "../database/database.ts";
import type { AnswerCache } from "../http/answer-cache.ts";
import { answerCached } from "../http/answer-cache.ts";
import { notFound, unavailable } from "../http/api-error.ts";
import { addressSchema, answers, jsonContent, newRouter } from "../http/router.ts";
import { MAX_HOURS_AHEAD } from "../models/model.ts";
import type { Target } from "../series/house-series.ts";
import type { Guard } from "../session/guard.ts";
import { adviceOf, commonAnswer, hourlyOf } from "./answer.ts";
import { type ForecastEngine, NotTrained, type Subject } from "./engine.ts";
import { modelRecords } from "./model-records.ts";

const SECONDS = { forecast: 300, solar: 300, models: 60 };

export interface ForecastContext {
  db: Database;
  engine: ForecastEngine;
  registry: Pick<ChainRegistry, "read">;
  guard: Guard;
  cache: AnswerCache;
  config: Pick<Config, "clockSpeed" | "place">;
}

const HOURS = `expected a whole number of hours from 1 to ${MAX_HOURS_AHEAD}`;
const hours = z.number(HOURS).int(HOURS).min(1, HOURS).max(MAX_HOURS_AHEAD, HOURS);
const hoursText = z
  .string()
  .regex(/^\d{1,2}$/, HOURS)
  .transform(Number)
  .pipe(hours);
const houseId = addressSchema.optional().openapi({
  type: "string",
  description: "A home of the caller's, by its first meter; without it the community",
});

const hourSchema = z.object({ start: z.iso.datetime(), lowerKwh: z.number(), upperKwh: z.number() });
const common = {
  houseId: z.string().nullable(),
  issuedAt: z.iso.datetime().openapi({ description: "Start of the first hour, which has begun" }),
  hours: z.number(),
  model: z.string(),
  confidence: z.number().nullable().openapi({
    description: "1 less the relative error of this model here in the last 28 days; null before a day has been scored",
  }),
  trackRecord: z
    .object({ hours: z.number(), maeKwh: z.number(), coverage: z.number().nullable() })
    .nullable()
    .openapi({ description: "Hours scored, mean absolute error an hour, share of hours within the 80 % interval" }),
  trend: z
    .enum(["rising", "falling", "steady", "unknown"])
    .openapi({ description: "Against the same hours of the last seven days; steady within 5 %" }),
  degraded: z.boolean(),
  degradedReason: z.string().nullable(),
};

const demandSchema = z
  .object({
    ...common,
    predictedDemand: z.number().openapi({ description: "kWh over all hours" }),
    recommendation: z.string(),
    hourlyForecast: z.array(hourSchema.extend({ demandKwh: z.number() })),
  })
  .openapi("DemandForecast");

const solarSchema = z
  .object({
    ...common,
    predictedGeneration: z.number().openapi({ description: "kWh over all hours" }),
    hourlyForecast: z.array(hourSchema.extend({ generationKwh: z.number() })),
  })
  .openapi("SolarForecast");

const ERRORS = [400, 401, 403, 404, 429, 503] as const;
const DESCRIPTION =
  "Median and 80 % interval by the hour, from the hour that has begun. A home's is its owner's alone; the community's is made of " +
  "its published hours and is public. The community's values are means.";

const postRoute = createRoute({
  method: "post",
  path: "/forecast",
  summary: "Demand of a home or of the community",
  description: DESCRIPTION,
  request: {
    body: {
      ...jsonContent(z.object({ houseId, hours: hours.default(24) }).openapi("ForecastRequest"), "What to forecast"),
      required: true,
    },
  },
  responses: answers(demandSchema, "The forecast", ...ERRORS),
});

const query = z.object({ houseId, hours: hoursText.default(24).openapi({ type: "integer" }) });

const getRoute = createRoute({
  method: "get",
  path: "/forecast",
  summary: "Demand of a home or of the community",
  description: DESCRIPTION,
  request: { query },
  responses: answers(demandSchema, "The forecast", ...ERRORS),
});

const solarRoute = createRoute({
  method: "get",
  path: "/solar-forecast",
  summary: "Solar generation of a home or of the community",
  description: DESCRIPTION,
  request: { query },
  responses: answers(solarSchema, "The forecast", ...ERRORS),
});

const recordSchema = z.object({
  hours: z.number(),
  maeWh: z.number(),
  rmseWh: z.number(),
  pinballWh: z.number(),
  relativeError: z.number().nullable(),
  coverage: z.number().nullable(),
});

const modelsRoute = createRoute({
  method: "get",
  path: "/models",
  summary: "The models and how each has done",
  description:
    "Every model forecasts every home and the community four times a day, 24 hours ahead, and is scored on what then was. " +
    "Records of homes are over at least five of them.",
  responses: answers(
    z.array(
      z
        .object({
          model: z.string(),
          target: z.enum(["load", "pv"]),
          scope: z.enum(["home", "community"]),
          trained: z.boolean(),
          homes: z.number().nullable().openapi({ description: "How many it was scored on" }),
          record: recordSchema.nullable(),
        })
        .openapi("ModelRecord"),
    ),
    "For each scope and target the preferred one first",
    429,
    503,
  ),
});

export function forecastRoutes({ db, engine, registry, guard, cache, config }: ForecastContext) {
  const milliseconds = (seconds: number) => (seconds * 1000) / config.clockSpeed;

  /** Checks who asks, then answers from the cache. */
  const answer = async (c: Context, target: Target, asked: { houseId?: string; hours: number }) => {
    const name = target === "load" ? "forecast" : "solar";
    const compute = async (subject: Subject) => {
      try {
        return await (target === "load" ? demand : solar)(subject, asked.hours);
      } catch (error) {
        if (error instanceof NotTrained) throw unavailable("no model is trained yet; ask again in a minute");
        throw error;
      }
    };
    if (asked.houseId === undefined) {
      const cached = await cache.get(name, `community/${asked.hours}`, milliseconds(SECONDS[name]), async () => {
        const subject = await engine.community();
        if (!subject) throw notFound("fewer than five homes have readings: there is no community to forecast");
        return compute(subject);
      });
      return answerCached(c, cached, "public");
    }
    const house = await guard.ownHome(c, asked.houseId);
    // A deletion, another profile or another owner makes another key.
    const epoch = await engine.store.epochOf(house.id);
    const key = `${house.id}/${house.owner}/${epoch}/${asked.hours}`;
    const cached = await cache.get(name, key, milliseconds(SECONDS[name]), async () =>
      compute(await engine.home(house)),
    );
    return answerCached(c, cached, "private");
  };

  const demand = async (subject: Subject, ahead: number) => {
    const origin = await engine.origin();
    const informed = await engine.withWeather(subject, origin);
    const load = engine.forecast(informed, "load", origin, ahead);
    const hasSolar = informed.series.capacityWatts > 0;
    const sun = hasSolar ? engine.forecast(informed, "pv", origin, ahead) : null;
    const record = await engine.record(subject, load);
    const { totalKwh, ...rest } = commonAnswer(load, informed.series, record);
    return {
      houseId: subject.scope === "home" ? subject.id : null,
      predictedDemand: totalKwh,
      ...rest,
      recommendation: adviceOf(load, sun, subject.wallZone),
      hourlyForecast: hourlyOf(load).map(({ kwh, ...hour }) => ({ ...hour, demandKwh: kwh })),
    };
  };

  const solar = async (subject: Subject, ahead: number) => {
    const origin = await engine.origin();
    const informed = await engine.withWeather(subject, origin);
    const forecast = engine.forecast(informed, "pv", origin, ahead);
    const record = await engine.record(subject, forecast);
    const { totalKwh, ...rest } = commonAnswer(forecast, informed.series, record);
    return {
      houseId: subject.scope === "home" ? subject.id : null,
      predictedGeneration: totalKwh,
      ...rest,
      hourlyForecast: hourlyOf(forecast).map(({ kwh, ...hour }) => ({ ...hour, generationKwh: kwh })),
    };
  };

  return newRouter()
    .openapi(postRoute, async (c) => (await answer(c, "load", c.req.valid("json"))) as never)
    .openapi(getRoute, async (c) => (await answer(c, "load", c.req.valid("query"))) as never)
    .openapi(solarRoute, async (c) => (await answer(c, "pv", c.req.valid("query"))) as never)
    .openapi(modelsRoute, async (c) => {
      const cached = await cache.get("models", "", milliseconds(SECONDS.models), async () =>
        modelRecords(db, engine, await registry.read()),
      );
      return answerCached(c, cached, "public") as never;
    });
}

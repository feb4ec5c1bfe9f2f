import { createRoute, z } from "@hono/zod-openapi";
import type { Clock } from "../chain/clock.ts";
import type { Database } from "../database/database.ts";
import { success } from "../envelope.ts";
import { issuedHours } from "../forecasts/issued.ts";
import type { NamedModel } from "../forecasts/model-set.ts";
import { badRequest } from "../http/api-error.ts";
import { answers, newRouter } from "../http/router.ts";
import { readCommunityHours } from "./hours.ts";
import { MIN_HOMES } from "./publishable.ts";
import { HOUR_SECONDS } from "./settle.ts";

const MAX_HOURS = 24 * 62;
const DEFAULT_HOURS = 24 * 7;

const time = z.iso.datetime({ offset: true, error: "expected an ISO 8601 time with an offset" });
const stretch = {
  from: time.optional().openapi({ description: "By default a week before `to`" }),
  to: time.optional().openapi({ description: "Exclusive; by default now" }),
};

const hourSchema = z
  .object({
    start: z.iso.datetime(),
    homes: z.number(),
    productionWh: z.number(),
    consumptionWh: z.number(),
    capacityWatts: z.number(),
  })
  .openapi("CommunityHour");

const energyRoute = createRoute({
  method: "get",
  path: "/community/energy",
  summary: "Production and consumption of all homes, or of a tier's, by the hour",
  description:
    `Only hours to which at least ${MIN_HOMES} homes of different owners contributed, in every sum and in whatever sums ` +
    "leave when subtracted. An hour is published once, an hour after its end or later, and does not change.",
  request: {
    query: z.object({
      tier: z.enum(["all", "none", "normal", "essential", "critical"]).default("all"),
      ...stretch,
    }),
  },
  responses: answers(
    z.object({ tier: z.string(), hours: z.array(hourSchema) }).openapi("CommunityEnergy"),
    "The hours that are published",
    400,
    429,
    503,
  ),
});

const issuedRoute = createRoute({
  method: "get",
  path: "/community/forecasts",
  summary: "What was forecast of the community before each hour began",
  description:
    "To compare with what was metered. Forecasts are kept at 0, 6, 12 and 18 o'clock UTC; an hour has the newest one made " +
    "before it, by the best model that was trained then.",
  request: {
    query: z.object({
      target: z.enum(["load", "pv"]).default("load").openapi({ description: "Demand, or solar generation" }),
      ...stretch,
    }),
  },
  responses: answers(
    z
      .object({
        hours: z.array(
          z.object({
            start: z.iso.datetime(),
            issuedAt: z.iso.datetime().openapi({ description: "Start of the forecast's first hour" }),
            model: z.string(),
            expectedKwh: z.number(),
            lowerKwh: z.number(),
            upperKwh: z.number(),
          }),
        ),
      })
      .openapi("IssuedForecasts"),
    "The hours that were forecast",
    400,
    429,
    503,
  ),
});

interface CommunityRoutes {
  db: Database;
  clock: Clock;
  /** What the service runs for the community, the best first. */
  models: readonly NamedModel[];
}

const kwh = (wattHours: number): number => Math.round(wattHours) / 1000;
const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

export function communityRoutes({ db, clock, models }: CommunityRoutes) {
  const stretchOf = async ({ from, to }: { from?: string | undefined; to?: string | undefined }) => {
    const end = to === undefined ? await clock.now() : Date.parse(to) / 1000;
    const start = from === undefined ? end - DEFAULT_HOURS * HOUR_SECONDS : Date.parse(from) / 1000;
    if (start > end) throw badRequest("from", "must not be after `to`");
    if (end - start > MAX_HOURS * HOUR_SECONDS) throw badRequest("from", `at most ${MAX_HOURS} hours at once`);
    return { start, end };
  };
  const router = newRouter().openapi(issuedRoute, async (c) => {
    const { target, ...asked } = c.req.valid("query");
    const { start, end } = await stretchOf(asked);
    const names = models
      .filter(({ model }) => model.scope === "community" && model.target === target)
      .map(({ model }) => model.name);
    const issued = await issuedHours(db, target, names, { from: Math.ceil(start), to: Math.ceil(end) });
    const hours = issued.map(({ start: seconds, origin, model, pointWh, lowerWh, upperWh }) => ({
      start: iso(seconds),
      issuedAt: iso(origin),
      model,
      expectedKwh: kwh(pointWh),
      lowerKwh: kwh(lowerWh),
      upperKwh: kwh(upperWh),
    }));
    return c.json(success({ hours }), 200);
  });
  return router.openapi(energyRoute, async (c) => {
    const { tier, ...asked } = c.req.valid("query");
    const { start, end } = await stretchOf(asked);
    const rows = await readCommunityHours(db, tier, Math.ceil(start), Math.ceil(end), MAX_HOURS);
    const hours = rows.map(({ tier: _, start: seconds, ...sums }) => ({
      start: iso(seconds),
      ...sums,
    }));
    return c.json(success({ tier, hours }), 200);
  });
}

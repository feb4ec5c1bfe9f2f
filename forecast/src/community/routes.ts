import { createRoute, z } from "@hono/zod-openapi";
import type { Clock } from "../chain/clock.ts";
import type { Database } from "../database/database.ts";
import { success } from "../envelope.ts";
import { COMMUNITY } from "../forecasts/issued.ts";
import { ISSUED_DESCRIPTION, issuedAnswer, issuedQuery, issuedSchema } from "../forecasts/issued-answer.ts";
import type { NamedModel } from "../forecasts/model-set.ts";
import { answers, newRouter } from "../http/router.ts";
import { MAX_HOURS, stretchOf, stretchQuery } from "../http/stretch.ts";
import { readCommunityHours } from "./hours.ts";
import { MIN_HOMES } from "./publishable.ts";

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
      ...stretchQuery,
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
  description: ISSUED_DESCRIPTION,
  request: { query: issuedQuery },
  responses: answers(issuedSchema, "The hours that were forecast", 400, 429, 503),
});

interface CommunityRoutes {
  db: Database;
  clock: Clock;
  /** What the service runs for the community, the best first. */
  models: readonly NamedModel[];
}

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

export function communityRoutes({ db, clock, models }: CommunityRoutes) {
  const router = newRouter().openapi(issuedRoute, async (c) => {
    const { target, ...asked } = c.req.valid("query");
    const { start, end } = await stretchOf(clock, asked);
    const stretch = { since: 0, from: start, to: end };
    const answer = await issuedAnswer({ db, models, subject: COMMUNITY, scope: "community", target, ...stretch });
    return c.json(success(answer), 200);
  });
  return router.openapi(energyRoute, async (c) => {
    const { tier, ...asked } = c.req.valid("query");
    const { start, end } = await stretchOf(clock, asked);
    const rows = await readCommunityHours(db, tier, Math.ceil(start), Math.ceil(end), MAX_HOURS);
    const hours = rows.map(({ tier: _, start: seconds, ...sums }) => ({
      start: iso(seconds),
      ...sums,
    }));
    return c.json(success({ tier, hours }), 200);
  });
}

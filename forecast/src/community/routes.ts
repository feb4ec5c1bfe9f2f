import { createRoute, z } from "@hono/zod-openapi";
import type { Clock } from "../chain/clock.ts";
import type { Database } from "../database/database.ts";
import { success } from "../envelope.ts";
import { badRequest } from "../http/api-error.ts";
import { answers, newRouter } from "../http/router.ts";
import { readCommunityHours } from "./hours.ts";
import { MIN_HOMES } from "./publishable.ts";
import { HOUR_SECONDS } from "./settle.ts";

const MAX_HOURS = 24 * 62;
const DEFAULT_HOURS = 24 * 7;

const time = z.iso.datetime({ offset: true, error: "expected an ISO 8601 time with an offset" });

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
      from: time.optional().openapi({ description: "By default a week before `to`" }),
      to: time.optional().openapi({ description: "Exclusive; by default now" }),
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

export function communityRoutes({ db, clock }: { db: Database; clock: Clock }) {
  return newRouter().openapi(energyRoute, async (c) => {
    const { tier, from, to } = c.req.valid("query");
    const end = to === undefined ? await clock.now() : Date.parse(to) / 1000;
    const start = from === undefined ? end - DEFAULT_HOURS * HOUR_SECONDS : Date.parse(from) / 1000;
    if (start > end) throw badRequest("from", "must not be after `to`");
    if (end - start > MAX_HOURS * HOUR_SECONDS) throw badRequest("from", `at most ${MAX_HOURS} hours at once`);
    const rows = await readCommunityHours(db, tier, Math.ceil(start), Math.ceil(end), MAX_HOURS);
    const hours = rows.map(({ tier: _, start: seconds, ...sums }) => ({
      start: new Date(seconds * 1000).toISOString(),
      ...sums,
    }));
    return c.json(success({ tier, hours }), 200);
  });
}

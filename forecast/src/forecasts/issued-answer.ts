// How the service is asked for what was forecast before each hour began, and how it answers: for the community and for a home.
import { z } from "@hono/zod-openapi";
import type { Database } from "../database/database.ts";
import { stretchQuery } from "../http/stretch.ts";
import type { Target } from "../series/house-series.ts";
import { issuedHours } from "./issued.ts";
import type { NamedModel, Scope } from "./model-set.ts";

export const ISSUED_DESCRIPTION =
  "To compare with what was metered. Forecasts are kept at 0, 6, 12 and 18 o'clock UTC; an hour has the newest one made " +
  "before it, by the best model that was trained then.";

export const issuedQuery = z.object({
  target: z.enum(["load", "pv"]).default("load").openapi({ description: "Demand, or solar generation" }),
  ...stretchQuery,
});

export const issuedSchema = z
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
  .openapi("IssuedForecasts");

interface Asked {
  db: Database;
  /** What the service runs. */
  models: readonly NamedModel[];
  subject: string;
  scope: Scope;
  target: Target;
  since: number;
  /** Unix seconds, the last not included. */
  from: number;
  to: number;
}

const kwh = (wattHours: number): number => Math.round(wattHours) / 1000;
const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

export async function issuedAnswer(asked: Asked): Promise<z.output<typeof issuedSchema>> {
  const { subject, scope, target, since } = asked;
  const models = asked.models
    .filter(({ model }) => model.scope === scope && model.target === target)
    .map(({ model }) => model.name);
  const [from, to] = [Math.ceil(asked.from), Math.ceil(asked.to)];
  const issued = await issuedHours(asked.db, { subject, target, models, since, from, to });
  const hours = issued.map(({ start, origin, model, pointWh, lowerWh, upperWh }) => ({
    start: iso(start),
    issuedAt: iso(origin),
    model,
    expectedKwh: kwh(pointWh),
    lowerKwh: kwh(lowerWh),
    upperKwh: kwh(upperWh),
  }));
  return { hours };
}

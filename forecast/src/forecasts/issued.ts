// What was forecast for the community or a home, as it was kept when it was issued: an hour's forecast is one that was made before it.
import { and, eq, gte, inArray, lt } from "drizzle-orm";
import type { Database } from "../database/database.ts";
import { forecastIssued } from "../database/schema.ts";
import { HOUR_SECONDS, type Target } from "../series/house-series.ts";

export const COMMUNITY = "community";
/** The longest that a kept forecast looks ahead. */
const ISSUED_SECONDS = 24 * HOUR_SECONDS;

export interface IssuedHour {
  /** Unix seconds. */
  start: number;
  /** When the forecast was made: the start of its first hour. */
  origin: number;
  model: string;
  pointWh: number;
  lowerWh: number;
  upperWh: number;
}

export interface IssuedQuestion {
  /** `COMMUNITY`, or a home's id. */
  subject: string;
  target: Target;
  /** The best first. */
  models: readonly string[];
  /** Forecasts that were made before then don't count: they are another owner's. */
  since: number;
  from: number;
  to: number;
}

/** For each hour that starts in [from, to) the newest forecast, of these by the first of `models`. */
export async function issuedHours(
  db: Database,
  { subject, target, models, since, from, to }: IssuedQuestion,
): Promise<IssuedHour[]> {
  if (models.length === 0) return [];
  const rows = await db
    .select()
    .from(forecastIssued)
    .where(
      and(
        eq(forecastIssued.subject, subject),
        eq(forecastIssued.target, target),
        inArray(forecastIssued.model, [...models]),
        gte(forecastIssued.origin, Math.max(since, from - ISSUED_SECONDS)),
        lt(forecastIssued.origin, to),
      ),
    );
  const rank = new Map(models.map((model, index) => [model, index]));
  const rankOf = (model: string) => rank.get(model) ?? models.length;
  // Worst first, so that what comes later takes its place.
  rows.sort((a, b) => a.origin - b.origin || rankOf(b.model) - rankOf(a.model));
  const hours = new Map<number, IssuedHour>();
  for (const { origin, model, pointWh, lowerWh, upperWh } of rows) {
    for (const [index, point] of pointWh.entries()) {
      const start = origin + index * HOUR_SECONDS;
      const [lower, upper] = [lowerWh[index], upperWh[index]];
      if (start < from || start >= to || lower === undefined || upper === undefined) continue;
      hours.set(start, { start, origin, model, pointWh: point, lowerWh: lower, upperWh: upper });
    }
  }
  return [...hours.values()].sort((a, b) => a.start - b.start);
}

// Forecasts are kept when they are issued and scored when their hours have passed.
import { and, eq, gte, inArray, isNull, lt, sql } from "drizzle-orm";
import type { Database } from "../database/database.ts";
import { forecastIssued, houseState, score } from "../database/schema.ts";
import { HOUR_SECONDS, type HouseSeries, type Target, valuesOf } from "../series/house-series.ts";
import type { IssuedForecast } from "./engine.ts";

/** How far back a track record looks. */
export const RECORD_DAYS = 28;
/** Hours that must have been scored before a record is told. */
export const MIN_SCORED_HOURS = 24;
/** How long issued forecasts and scores are kept. */
const KEPT_DAYS = 90;
/** After its last hour a forecast waits for readings that come late. */
export const SCORE_DELAY_SECONDS = 3 * HOUR_SECONDS;
const PAGE = 200;

/**
 * Keeps what a model said, once for each subject, target, model and origin. Not where a home's data were deleted since the origin: what is
 * forecast for all homes was made of what they were before, and takes a while.
 */
export async function keepIssued(db: Database, subject: string, forecasts: readonly IssuedForecast[]): Promise<void> {
  if (forecasts.length === 0) return;
  const issuedAt = new Date();
  const rows = forecasts.map(({ target, model, origin, degraded, pointWh, lowerWh, upperWh }) => ({
    subject,
    target,
    model,
    origin,
    issuedAt,
    degraded,
    pointWh: [...pointWh],
    lowerWh: [...lowerWh],
    upperWh: [...upperWh],
  }));
  const origin = Math.min(...rows.map((row) => row.origin));
  await db.transaction(async (tx) => {
    // Who deletes has this row first, so it is before this or after.
    const [state] = await tx.select().from(houseState).where(eq(houseState.house, subject)).for("update");
    if (state && state.deletedBefore >= origin) return;
    await tx.insert(forecastIssued).values(rows).onConflictDoNothing();
  });
}

export interface ScoreSums {
  hours: number;
  intervalHours: number;
  coveredHours: number;
  absoluteErrorWh: number;
  squareError: number;
  pinballWh: number;
  actualWh: number;
}

type Issued = Pick<typeof forecastIssued.$inferSelect, "target" | "origin" | "pointWh" | "lowerWh" | "upperWh">;

/** Sums over the hours that are known. Coverage of solar counts the hours in which it was or could have been above zero. */
export function scoreOf(issued: Issued, series: HouseSeries): ScoreSums {
  const sums = {
    hours: 0,
    intervalHours: 0,
    coveredHours: 0,
    absoluteErrorWh: 0,
    squareError: 0,
    pinballWh: 0,
    actualWh: 0,
  };
  const actuals = valuesOf(series, issued.target);
  const first = (issued.origin - series.startSeconds) / HOUR_SECONDS;
  for (const [index, point] of issued.pointWh.entries()) {
    const actual = actuals[first + index];
    const [lower, upper] = [issued.lowerWh[index], issued.upperWh[index]];
    if (actual === undefined || Number.isNaN(actual) || lower === undefined || upper === undefined) continue;
    const error = actual - point;
    sums.hours += 1;
    sums.absoluteErrorWh += Math.abs(error);
    sums.squareError += error ** 2;
    sums.actualWh += actual;
    sums.pinballWh += (pinball(0.1, actual, lower) + pinball(0.5, actual, point) + pinball(0.9, actual, upper)) / 3;
    if (issued.target === "pv" && actual === 0 && upper === 0) continue;
    sums.intervalHours += 1;
    if (actual >= lower && actual <= upper) sums.coveredHours += 1;
  }
  return sums;
}

/** Koenker and Bassett (1978), Econometrica 46:33. */
const pinball = (quantile: number, actual: number, forecast: number): number =>
  actual >= forecast ? quantile * (actual - forecast) : (1 - quantile) * (forecast - actual);

/**
 * Scores what has passed. A forecast of whose hours none is known is given up when `seriesOf` knows nothing of them either;
 * the number of forecasts that were scored.
 */
export async function scoreDue(
  db: Database,
  now: number,
  seriesOf: (subject: string) => Promise<HouseSeries | null>,
): Promise<number> {
  let scored = 0;
  for (;;) {
    const due = await db
      .select({ issued: forecastIssued })
      .from(forecastIssued)
      .leftJoin(score, eq(score.forecastId, forecastIssued.id))
      .where(
        and(
          isNull(score.forecastId),
          lt(
            sql`${forecastIssued.origin} + cardinality(${forecastIssued.pointWh}) * ${sql.raw(String(HOUR_SECONDS))}`,
            now - SCORE_DELAY_SECONDS,
          ),
        ),
      )
      .orderBy(forecastIssued.subject)
      .limit(PAGE);
    for (const { issued } of due) {
      const series = await seriesOf(issued.subject);
      const empty = { startSeconds: 0, loadWh: new Float64Array(), pvWh: new Float64Array() } as HouseSeries;
      const { id: forecastId, subject, target, model, origin } = issued;
      const sums = scoreOf(issued, series ?? empty);
      // Its home may have been deleted meanwhile, and its forecasts with it.
      await db.execute(sql`
        INSERT INTO score (forecast_id, subject, target, model, origin, hours, interval_hours, covered_hours,
          absolute_error_wh, square_error, pinball_wh, actual_wh)
        SELECT id, ${subject}, ${target}, ${model}, ${origin}, ${sums.hours}, ${sums.intervalHours}, ${sums.coveredHours},
          ${sums.absoluteErrorWh}, ${sums.squareError}, ${sums.pinballWh}, ${sums.actualWh}
        FROM forecast_issued WHERE id = ${forecastId} ON CONFLICT DO NOTHING
      `);
      scored += 1;
    }
    if (due.length < PAGE) return scored;
  }
}

export async function forgetOld(db: Database, now: number): Promise<void> {
  await db.delete(forecastIssued).where(lt(forecastIssued.origin, now - KEPT_DAYS * 86_400));
}

export interface TrackRecord {
  hours: number;
  /** Mean absolute error an hour, Wh. */
  maeWh: number;
  rmseWh: number;
  pinballWh: number;
  /** Sum of absolute errors over the sum of what was: 0.3 is 30 % off. Null where nothing was used or produced. */
  relativeError: number | null;
  /** Share of hours within the 80 % interval; null where none counts. */
  coverage: number | null;
}

function recordOf(sums: ScoreSums): TrackRecord | null {
  const { hours, intervalHours, coveredHours, absoluteErrorWh, squareError, pinballWh, actualWh } = sums;
  if (hours < MIN_SCORED_HOURS) return null;
  return {
    hours,
    maeWh: absoluteErrorWh / hours,
    rmseWh: Math.sqrt(squareError / hours),
    pinballWh: pinballWh / hours,
    relativeError: actualWh > 0 ? absoluteErrorWh / actualWh : null,
    coverage: intervalHours > 0 ? coveredHours / intervalHours : null,
  };
}

const total = (column: Parameters<typeof sql>[1]) => sql<number>`coalesce(sum(${column}), 0)`.mapWith(Number);
const SUMS = {
  hours: total(score.hours),
  intervalHours: total(score.intervalHours),
  coveredHours: total(score.coveredHours),
  absoluteErrorWh: total(score.absoluteErrorWh),
  squareError: total(score.squareError),
  pinballWh: total(score.pinballWh),
  actualWh: total(score.actualWh),
};

/** How a model did for one home or the community in the last four weeks; null before a day has been scored. */
export async function recordFor(
  db: Database,
  { subject, target, model }: { subject: string; target: Target; model: string },
  now: number,
  since = 0,
): Promise<TrackRecord | null> {
  const [sums] = await db
    .select(SUMS)
    .from(score)
    .where(
      and(
        eq(score.subject, subject),
        eq(score.target, target),
        eq(score.model, model),
        gte(score.origin, Math.max(since, now - RECORD_DAYS * 86_400)),
      ),
    );
  return sums ? recordOf(sums) : null;
}

/** How a model did over these subjects together, and which of them were scored. */
export async function recordOver(
  db: Database,
  subjects: readonly string[],
  { target, model }: { target: Target; model: string },
  now: number,
): Promise<{ record: TrackRecord | null; subjects: string[] }> {
  if (subjects.length === 0) return { record: null, subjects: [] };
  const rows = await db
    .select({ subject: score.subject, ...SUMS })
    .from(score)
    .where(
      and(
        inArray(score.subject, [...subjects]),
        eq(score.target, target),
        eq(score.model, model),
        gte(score.origin, now - RECORD_DAYS * 86_400),
        gte(score.hours, 1),
      ),
    )
    .groupBy(score.subject);
  const sums = {
    hours: 0,
    intervalHours: 0,
    coveredHours: 0,
    absoluteErrorWh: 0,
    squareError: 0,
    pinballWh: 0,
    actualWh: 0,
  };
  for (const row of rows) for (const key of Object.keys(sums) as (keyof ScoreSums)[]) sums[key] += row[key];
  return { record: recordOf(sums), subjects: rows.map(({ subject }) => subject) };
}

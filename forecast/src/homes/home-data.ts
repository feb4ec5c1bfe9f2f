// What is kept of one home: read for its owner, and deleted for good.
import { and, asc, eq, gt, gte, lt, sql } from "drizzle-orm";
import type { House } from "../chain/registry.ts";
import type { Database } from "../database/database.ts";
import {
  countedHome,
  forecastIssued,
  houseProfile,
  houseState,
  reading,
  readingVersion,
  score,
  trainedModel,
} from "../database/schema.ts";

export type Profile = Omit<typeof houseProfile.$inferSelect, "house" | "updatedAt">;

export async function readProfile(db: Database, house: string): Promise<Profile | null> {
  const [row] = await db.select().from(houseProfile).where(eq(houseProfile.house, house));
  if (!row) return null;
  const { house: _, updatedAt: __, ...profile } = row;
  return profile;
}

export async function writeProfile(db: Database, house: string, profile: Profile): Promise<void> {
  const row = { ...profile, updatedAt: new Date() };
  await db.transaction(async (tx) => {
    // What is forecast for the home changes with it.
    await tx
      .insert(houseState)
      .values({ house, epoch: 1 })
      .onConflictDoUpdate({ target: houseState.house, set: { epoch: sql`${houseState.epoch} + 1` } });
    await tx
      .insert(houseProfile)
      .values({ house, ...row })
      .onConflictDoUpdate({ target: houseProfile.house, set: row });
  });
}

/** Unix seconds; from inclusive, to exclusive. */
export interface Range {
  from: number;
  to: number;
}

/** Readings in order of time. A new owner sees what was metered since the house is theirs. */
export function readReadings(db: Database, house: House, { from, to }: Range, limit: number) {
  const start = Math.max(from, house.ownerSince);
  return db
    .select()
    .from(reading)
    .where(and(eq(reading.house, house.id), gte(reading.start, start), lt(reading.start, to)))
    .orderBy(asc(reading.start))
    .limit(limit);
}

/** What corrections replaced, in order of time. */
export function readVersions(db: Database, house: House, { from, to }: Range, limit: number) {
  const start = Math.max(from, house.ownerSince);
  return db
    .select()
    .from(readingVersion)
    .where(and(eq(readingVersion.house, house.id), gte(readingVersion.start, start), lt(readingVersion.start, to)))
    .orderBy(asc(readingVersion.start), asc(readingVersion.revision))
    .limit(limit);
}

/** Forecasts that were issued for the home, with their scores, after an id. */
export function readForecasts(db: Database, house: House, afterId: number, limit: number) {
  return db
    .select({ forecast: forecastIssued, score })
    .from(forecastIssued)
    .leftJoin(score, eq(score.forecastId, forecastIssued.id))
    .where(
      and(
        eq(forecastIssued.subject, house.id),
        gt(forecastIssued.id, afterId),
        gte(forecastIssued.origin, house.ownerSince),
      ),
    )
    .orderBy(asc(forecastIssued.id))
    .limit(limit);
}

export async function countReadings(db: Database, house: House) {
  const [row] = await db
    .select({
      readings: sql<number>`count(*)`.mapWith(Number),
      from: sql<number | null>`min(${reading.start})`.mapWith(Number),
      to: sql<number | null>`max(${reading.start} + ${reading.lengthSeconds})`.mapWith(Number),
    })
    .from(reading)
    .where(and(eq(reading.house, house.id), gte(reading.start, house.ownerSince)));
  return row && row.readings > 0 ? row : { readings: 0, from: null, to: null };
}

/**
 * Deletes readings, their versions, profile, forecasts and scores, and the kept copy of what models learnt. What began before `now` is not taken in again: whoever
 * kept an old signed batch could otherwise bring it back. The community's published sums name nobody and stay.
 */
export async function deleteHome(db: Database, house: string, now: number): Promise<{ readings: number }> {
  return db.transaction(async (tx) => {
    const change = { epoch: sql`${houseState.epoch} + 1`, revision: 0, deletedBefore: now };
    await tx
      .insert(houseState)
      .values({ house, epoch: 1, deletedBefore: now })
      .onConflictDoUpdate({ target: houseState.house, set: change });
    const deleted = await tx.delete(reading).where(eq(reading.house, house)).returning({ start: reading.start });
    await tx.delete(readingVersion).where(eq(readingVersion.house, house));
    await tx.delete(houseProfile).where(eq(houseProfile.house, house));
    await tx.delete(forecastIssued).where(eq(forecastIssued.subject, house));
    await tx.delete(score).where(eq(score.subject, house));
    await tx.delete(countedHome).where(eq(countedHome.house, house));
    // What was learnt of all homes was learnt of this one too.
    await tx.delete(trainedModel);
    return { readings: deleted.length };
  });
}

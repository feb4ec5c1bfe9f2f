// Reads what has been published of the community.
import { and, asc, count, desc, eq, gte, lt } from "drizzle-orm";
import type { Database } from "../database/database.ts";
import { communityHour } from "../database/schema.ts";

export type CommunityHour = typeof communityHour.$inferSelect;
export type CommunityTier = CommunityHour["tier"];

/** Hours of a tier or of all homes that start in [from, to), oldest first. */
export function readCommunityHours(db: Database, tier: CommunityTier, from: number, to: number, limit: number) {
  return db
    .select()
    .from(communityHour)
    .where(and(eq(communityHour.tier, tier), gte(communityHour.start, from), lt(communityHour.start, to)))
    .orderBy(asc(communityHour.start))
    .limit(limit);
}

export async function newestCommunityHour(db: Database): Promise<CommunityHour | undefined> {
  const [row] = await db
    .select()
    .from(communityHour)
    .where(eq(communityHour.tier, "all"))
    .orderBy(desc(communityHour.start))
    .limit(1);
  return row;
}

/** How many hours of all homes are published. */
export async function countCommunityHours(db: Database): Promise<number> {
  const [row] = await db.select({ hours: count() }).from(communityHour).where(eq(communityHour.tier, "all"));
  return row?.hours ?? 0;
}

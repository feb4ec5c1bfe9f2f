// Reads what has been published of the community.
import { and, asc, desc, eq, getTableColumns, gte, lt, max, sql } from "drizzle-orm";
import type { Database } from "../database/database.ts";
import { communityHour } from "../database/schema.ts";

const { publishedOrder, ...HOUR } = getTableColumns(communityHour);
export type CommunityHour = Omit<typeof communityHour.$inferSelect, "publishedOrder">;
export type CommunityTier = CommunityHour["tier"];

/** Hours of a tier or of all homes that start in [from, to), oldest first. */
export function readCommunityHours(db: Database, tier: CommunityTier, from: number, to: number, limit: number) {
  return db
    .select(HOUR)
    .from(communityHour)
    .where(and(eq(communityHour.tier, tier), gte(communityHour.start, from), lt(communityHour.start, to)))
    .orderBy(asc(communityHour.start))
    .limit(limit);
}

/** The newest hour of all homes, and the number of what was published last: it grows with each hour, an old one that settles late too. */
export async function newestCommunityHour(db: Database): Promise<(CommunityHour & { published: number }) | undefined> {
  const published = db.select({ last: max(publishedOrder) }).from(communityHour);
  const [row] = await db
    .select({ ...HOUR, published: sql<number>`(${published})`.mapWith(Number) })
    .from(communityHour)
    .where(eq(communityHour.tier, "all"))
    .orderBy(desc(communityHour.start))
    .limit(1);
  return row;
}

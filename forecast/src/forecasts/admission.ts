// Which homes' forecasts count in what is public. Who compares an answer with the one before sees what has changed: so homes enter five
// owners at a time, and the change is theirs together.
import { MIN_HOMES } from "../community/publishable.ts";
import type { Database } from "../database/database.ts";
import { countedHome } from "../database/schema.ts";

export interface Candidate {
  /** First meter, lower case. */
  house: string;
  owner: string;
  /** Name of its series, another one after a deletion or a change of owner: then it enters anew. */
  series: string;
}

/** Those of the candidates that count. As soon as those that do not are of five owners, all of them do; kept in the database. */
export async function admitted(db: Database, candidates: readonly Candidate[]): Promise<ReadonlySet<Candidate>> {
  const kept = new Map((await db.select().from(countedHome)).map(({ house, series }) => [house, series]));
  const counted = new Set(candidates.filter(({ house, series }) => kept.get(house) === series));
  const waiting = candidates.filter((candidate) => !counted.has(candidate));
  if (new Set(waiting.map(({ owner }) => owner)).size < MIN_HOMES) return counted;
  await db.transaction(async (tx) => {
    for (const { house, series } of waiting) {
      await tx
        .insert(countedHome)
        .values({ house, series })
        .onConflictDoUpdate({ target: countedHome.house, set: { series } });
    }
  });
  return new Set(candidates);
}

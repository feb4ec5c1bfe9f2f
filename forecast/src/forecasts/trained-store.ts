// What training has brought, kept in the database: a service that starts again answers by it until it has trained anew.
import { deserialize, serialize } from "node:v8";
import { and, eq, gt, lte, sql } from "drizzle-orm";
import type { Database } from "../database/database.ts";
import { houseState, trainedModel } from "../database/schema.ts";
import type { Trained } from "../models/training.ts";
import type { ForecastEngine } from "./engine.ts";

/** To be changed with what any model's state holds: what another version has learnt is not read. */
const FORMAT = `1-${process.versions.v8.split(".", 1)[0]}`;
/** Older ones say too little of the present. */
const MOST_DAYS = 14;

/** Not where a home's data were deleted since: it may be among what was learnt. */
export async function keepTrained(db: Database, learnt: ReadonlyMap<string, Trained>): Promise<void> {
  for (const [key, trained] of learnt) {
    const until = trained.untilSeconds;
    const row = { key, format: FORMAT, until, trained: serialize(trained).toString("base64") };
    await db.transaction(async (tx) => {
      const [deleted] = await tx.select().from(houseState).where(gt(houseState.deletedBefore, until)).limit(1);
      if (deleted) return;
      await tx
        .insert(trainedModel)
        .values(row)
        .onConflictDoUpdate({
          target: trainedModel.key,
          set: { format: sql`excluded.format`, until: sql`excluded.until`, trained: sql`excluded.trained` },
          setWhere: lte(trainedModel.until, until),
        });
    });
  }
}

/** Gives the engine what is kept and not too old; the number of models. */
export async function recallTrained(db: Database, engine: ForecastEngine): Promise<number> {
  const now = await engine.origin();
  let recalled = 0;
  for (const named of engine.models) {
    const [row] = await db
      .select()
      .from(trainedModel)
      .where(and(eq(trainedModel.key, named.key), eq(trainedModel.format, FORMAT)));
    if (!row || row.until > now || row.until < now - MOST_DAYS * 86_400 || engine.isTrained(named)) continue;
    engine.learn(named.key, deserialize(Buffer.from(row.trained, "base64")) as Trained);
    recalled += 1;
  }
  return recalled;
}

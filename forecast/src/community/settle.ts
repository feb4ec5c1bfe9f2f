// Publishes the community's hours, each once: a sum that grew when a late reading came in would give that reading away.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Registry } from "../chain/registry.ts";
import type { Database } from "../database/database.ts";
import { communityHour } from "../database/schema.ts";
import { type Contribution, publishableSums } from "./publishable.ts";

export const HOUR_SECONDS = 3_600;
/** An hour is published when it ended so long ago and nothing of it has come in for as long, by the service's clock. */
export const SETTLE_SECONDS = 3_600;
/** So many times that is waited at most from the first news of an hour on: one meter's corrections could put it off for ever. */
const MOST_WAITS = 24;
/** Replicas publish one at a time: sums of one hour that were made of different readings could be subtracted. */
const LOCK = 4_721_000_802;
const INSERT_ROWS = 500;

const integer = z.union([z.number(), z.string()]).transform(Number).pipe(z.int());
const rowSchema = z.object({
  hour: integer,
  house: z.string(),
  production_wh: integer,
  consumption_wh: integer,
});

export interface SettleOptions {
  /** Unix seconds by the chain's clock. */
  now: number;
  /** How far back to look for hours that are not published yet, in seconds. */
  windowSeconds: number;
  /** Seconds without news of an hour, by the machine's clock. */
  quietSeconds: number;
}

/** Publishes what has settled; the number of hours that were. */
export function settleHours(db: Database, registry: Registry, options: SettleOptions): Promise<number> {
  const { now, windowSeconds, quietSeconds } = options;
  const to = Math.floor((now - SETTLE_SECONDS) / HOUR_SECONDS) * HOUR_SECONDS;
  const from = Math.max(0, Math.floor((now - windowSeconds) / HOUR_SECONDS) * HOUR_SECONDS);
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
  const [quietSince, givenUpSince] = [ago(quietSeconds), ago(quietSeconds * MOST_WAITS)];
  return db.transaction(async (tx) => {
    await tx.execute(sql`SELECT pg_advisory_xact_lock(${LOCK})`);
    // A home counts in an hour that it covers as a whole.
    const { rows } = z.object({ rows: z.array(rowSchema) }).parse(
      await tx.execute(sql`
        WITH open AS (
          SELECT start - start % ${sql.raw(String(HOUR_SECONDS))} AS hour, house, length_seconds, production_wh, consumption_wh, received_at
          FROM reading r
          WHERE start >= ${from} AND start < ${to}
            AND NOT EXISTS (SELECT 1 FROM community_hour c WHERE c.start = r.start - r.start % ${sql.raw(String(HOUR_SECONDS))})
        ), quiet AS (
          SELECT hour FROM open GROUP BY hour
          HAVING max(received_at) <= ${quietSince}::timestamptz OR min(received_at) <= ${givenUpSince}::timestamptz
        )
        SELECT hour, house, sum(production_wh) AS production_wh, sum(consumption_wh) AS consumption_wh
        FROM open JOIN quiet USING (hour)
        GROUP BY hour, house HAVING sum(length_seconds) = ${HOUR_SECONDS}
      `),
    );
    const hours = new Map<number, Contribution[]>();
    for (const row of rows) {
      const house = registry.byId(row.house);
      if (!house) continue;
      const { owner, tier, capacityWatts } = house;
      const contribution = {
        owner,
        tier,
        capacityWatts,
        productionWh: row.production_wh,
        consumptionWh: row.consumption_wh,
      };
      hours.set(row.hour, [...(hours.get(row.hour) ?? []), contribution]);
    }
    const sums = [...hours].map(([start, homes]) => publishableSums(homes).map((sum) => ({ start, ...sum })));
    const all = sums.flat();
    for (let index = 0; index < all.length; index += INSERT_ROWS) {
      await tx.insert(communityHour).values(all.slice(index, index + INSERT_ROWS));
    }
    return sums.filter((of) => of.length > 0).length;
  });
}

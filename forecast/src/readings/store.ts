// Puts readings into the database: each interval once, and a correction in place of what it corrects, which is kept.
import type { MeteredReading } from "@gridx/contracts";
import { and, eq, gt, lt, sql } from "drizzle-orm";
import type { Database } from "../database/database.ts";
import { houseState, reading, readingVersion } from "../database/schema.ts";
import { MAX_LENGTH_SECONDS, type Rejection } from "./limits.ts";

/** Rows of one statement: PostgreSQL takes 65,535 parameters. */
const CHUNK = 500;

export type StoredReading = typeof reading.$inferSelect;

export interface StoreResult {
  accepted: number;
  corrected: number;
  /** Known as they are, or older than what is known. */
  unchanged: number;
  rejected: ({ index: number } & Rejection)[];
}

/** A reading with its place in what was sent. */
export interface Candidate {
  index: number;
  reading: MeteredReading;
}

export interface StoreRequest {
  house: string;
  candidates: readonly Candidate[];
  /** Given what its owner has deleted; why a reading is refused, or null. */
  check: (reading: MeteredReading, deletedBefore: number) => Rejection | null;
  receivedAt: Date;
}

const sameValues = (a: StoredReading, b: MeteredReading): boolean =>
  a.lengthSeconds === b.lengthSeconds &&
  a.productionWh === b.productionWh &&
  a.consumptionWh === b.consumptionWh &&
  a.temperatureCentiCelsius === b.temperatureCentiCelsius;

/**
 * Stores what is new. Whoever writes a house's readings waits for whoever does so already. A reading of a higher version
 * replaces one of a lower; an old batch that is sent again changes nothing.
 */
export function storeReadings(
  db: Database,
  { house, candidates, check, receivedAt }: StoreRequest,
): Promise<StoreResult> {
  return db.transaction(async (tx) => {
    await tx.insert(houseState).values({ house }).onConflictDoNothing();
    const [state] = await tx.select().from(houseState).where(eq(houseState.house, house)).for("update");
    if (!state) throw new Error("the house's row is gone");
    const result: StoreResult = { accepted: 0, corrected: 0, unchanged: 0, rejected: [] };
    const believed = candidates.filter((candidate) => {
      const rejection = check(candidate.reading, state.deletedBefore);
      if (rejection) result.rejected.push({ index: candidate.index, ...rejection });
      return !rejection;
    });
    if (believed.length === 0) return result;
    const starts = believed.map((candidate) => candidate.reading.start);
    const range = [Math.min(...starts) - MAX_LENGTH_SECONDS, Math.max(...starts) + MAX_LENGTH_SECONDS] as const;
    const rows = await tx
      .select()
      .from(reading)
      .where(and(eq(reading.house, house), gt(reading.start, range[0]), lt(reading.start, range[1])));
    const known = new Known(rows);
    const revision = state.revision + 1;
    const written = new Map<number, StoredReading>();
    const replaced: StoredReading[] = [];
    for (const { index, reading: given } of believed) {
      const before = known.at(given.start);
      const refuse = (rejection: Rejection) => result.rejected.push({ index, ...rejection });
      if (before && given.version < before.version) result.unchanged += 1;
      else if (before && given.version === before.version && sameValues(before, given)) result.unchanged += 1;
      else if (before && given.version === before.version && before.version > 0) {
        const message = `version ${given.version} of this reading is known with other values; a correction needs a higher one`;
        refuse({ field: "version", message });
      } else {
        const overlap = known.overlapOf(given);
        if (overlap) {
          const other = `${overlap.lengthSeconds} s from ${overlap.start}`;
          refuse({ field: "start", message: `overlaps the reading of ${other}; send intervals of that length` });
          continue;
        }
        const row: StoredReading = { house, ...given, revision, receivedAt };
        // Two versions in one batch: the lower one of them was never stored.
        if (before && before.revision !== revision) replaced.push(before);
        if (!before) result.accepted += 1;
        else result.corrected += 1;
        known.put(row);
        written.set(row.start, row);
      }
    }
    if (written.size === 0) return result;
    await tx.update(houseState).set({ revision }).where(eq(houseState.house, house));
    for (const part of chunks(replaced)) {
      await tx.insert(readingVersion).values(part.map((row) => ({ ...row, replacedAt: receivedAt })));
    }
    for (const part of chunks([...written.values()])) {
      await tx
        .insert(reading)
        .values(part)
        .onConflictDoUpdate({
          target: [reading.house, reading.start],
          set: {
            lengthSeconds: sql`excluded.length_seconds`,
            productionWh: sql`excluded.production_wh`,
            consumptionWh: sql`excluded.consumption_wh`,
            temperatureCentiCelsius: sql`excluded.temperature_centi_celsius`,
            version: sql`excluded.version`,
            revision: sql`excluded.revision`,
            receivedAt: sql`excluded.received_at`,
          },
        });
    }
    return result;
  });
}

/** The intervals that are taken. Lengths divide the hour and starts are their multiples, so none reaches over an hour. */
class Known {
  readonly #byStart = new Map<number, StoredReading>();
  readonly #byHour = new Map<number, Set<number>>();

  constructor(rows: readonly StoredReading[]) {
    for (const row of rows) this.put(row);
  }

  at(start: number): StoredReading | undefined {
    return this.#byStart.get(start);
  }

  put(row: StoredReading): void {
    this.#byStart.set(row.start, row);
    const hour = Math.floor(row.start / MAX_LENGTH_SECONDS);
    this.#byHour.set(hour, (this.#byHour.get(hour) ?? new Set()).add(row.start));
  }

  /** Another interval that shares time with this one; a correction may not change the length either. */
  overlapOf({ start, lengthSeconds }: MeteredReading): StoredReading | undefined {
    for (const other of this.#byHour.get(Math.floor(start / MAX_LENGTH_SECONDS)) ?? []) {
      const row = this.#byStart.get(other);
      if (!row || (row.start === start && row.lengthSeconds === lengthSeconds)) continue;
      if (row.start < start + lengthSeconds && start < row.start + row.lengthSeconds) return row;
    }
    return undefined;
  }
}

function* chunks<T>(items: readonly T[]): Generator<T[]> {
  for (let index = 0; index < items.length; index += CHUNK) yield items.slice(index, index + CHUNK);
}

// Puts a file of a home's past into the database. What its meter signed counts more and is left as it is.
import type { MeteredReading } from "@gridx/contracts";
import type { House } from "../chain/registry.ts";
import type { Database } from "../database/database.ts";
import { rejectionOf } from "../readings/limits.ts";
import { type StoreResult, storeReadings } from "../readings/store.ts";
import type { MeterValues } from "./meter-values.ts";

const CHUNK = 1_000;

export async function importHome(db: Database, house: House, values: readonly MeterValues[], now: number) {
  const total: StoreResult = { accepted: 0, corrected: 0, unchanged: 0, rejected: [] };
  for (let index = 0; index < values.length; index += CHUNK) {
    const part = values.slice(index, index + CHUNK);
    const readings = part.map((value): MeteredReading => ({ ...value, temperatureCentiCelsius: null, version: 0 }));
    const { capacityWatts } = house;
    const check = (reading: MeteredReading, deletedBefore: number) =>
      // Signed readings begin with version 1; the other limits are theirs.
      rejectionOf({ ...reading, version: 1 }, { capacityWatts, now, deletedBefore, newestStart: reading.start });
    const candidates = readings.map((reading, place) => ({ index: index + place, reading }));
    const result = await storeReadings(db, { house: house.id, candidates, check, receivedAt: new Date() });
    total.accepted += result.accepted;
    total.corrected += result.corrected;
    total.unchanged += result.unchanged;
    total.rejected.push(...result.rejected);
  }
  return total;
}

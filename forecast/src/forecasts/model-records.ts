// How each model has done: over homes together where there are five of them, and for the community.
import type { Registry } from "../chain/registry.ts";
import { MIN_HOMES } from "../community/publishable.ts";
import type { Database } from "../database/database.ts";
import type { ForecastEngine } from "./engine.ts";
import { recordFor, recordOver, type TrackRecord } from "./track-record.ts";

const DIGITS = 3;

/** Few digits: many would let a home's error be worked out when one joins or leaves. */
function rounded(record: TrackRecord | null): TrackRecord | null {
  if (!record) return null;
  const round = (value: number | null) => (value === null ? null : Number(value.toPrecision(DIGITS)));
  return {
    hours: record.hours,
    maeWh: round(record.maeWh) ?? 0,
    rmseWh: round(record.rmseWh) ?? 0,
    pinballWh: round(record.pinballWh) ?? 0,
    relativeError: round(record.relativeError),
    coverage: round(record.coverage),
  };
}

export async function modelRecords(db: Database, engine: ForecastEngine, registry: Registry) {
  const now = await engine.origin();
  const homes = registry.all();
  const ownerOf = new Map(homes.map(({ id, owner }) => [id, owner]));
  const rows = [];
  for (const named of engine.models) {
    const { model } = named;
    const { scope } = model;
    const key = { target: model.target, model: model.name };
    const over = scope === "home" ? await recordOver(db, [...ownerOf.keys()], key, now) : null;
    const owners = new Set(over?.subjects.map((id) => ownerOf.get(id)));
    const enough = over !== null && owners.size >= MIN_HOMES;
    const record =
      scope === "community"
        ? await recordFor(db, { subject: "community", ...key }, now)
        : enough
          ? rounded(over.record)
          : null;
    rows.push({ ...key, scope, trained: engine.isTrained(named), homes: enough ? over.subjects.length : null, record });
  }
  return rows;
}

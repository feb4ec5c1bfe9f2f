// Finds stretches of a house's data that a careful reader would doubt. It names them; it never changes them.
import { sunAt } from "../homes/solar.ts";
import type { Note, NoteKind } from "../neighbourhood.ts";
import type { HouseRow, ReadingRow } from "./rows.ts";

/** A home uses something all the time: the refrigerator alone shows within three hours. */
const ZERO_HOURS = 3;
/** Overcast days still give something. */
const OUTAGE_HOURS = 6;
/** Hours of a day that equal, to the last digit, the same hour of one of the seven days before. */
const REPEATED_HOURS = 6;
/** Findings of one kind that are closer than this are told as one. */
const MERGE_SECONDS = 36 * 3600;
const SECONDS_PER_DAY = 86_400;

/** A note before it is known when it will be played. */
export interface Finding extends Omit<Note, "from" | "to" | "fromSlot" | "toSlot"> {
  /** Unix seconds in the source's own calendar. */
  from: number;
  to: number;
}

interface Span {
  kind: NoteKind;
  from: number;
  to: number;
  seconds: number;
}

/** Rows in order of time, one an interval: the first of duplicates counts. */
export function inOrder(rows: readonly ReadingRow[]): { rows: ReadingRow[]; duplicates: ReadingRow[] } {
  const sorted = [...rows].sort((a, b) => a.timestamp - b.timestamp);
  const unique: ReadingRow[] = [];
  const duplicates: ReadingRow[] = [];
  for (const row of sorted) (row.timestamp === unique.at(-1)?.timestamp ? duplicates : unique).push(row);
  return { rows: unique, duplicates };
}

/** Notes on one house whose rows are in order; `interval` in seconds. */
export function findFaults(
  house: HouseRow,
  rows: readonly ReadingRow[],
  duplicates: readonly ReadingRow[],
  interval: number,
): Finding[] {
  const spans: Span[] = [];
  const add = (kind: NoteKind, from: number, to: number, seconds = to - from) =>
    spans.push({ kind, from, to, seconds });
  for (const row of duplicates) add("duplicate", row.timestamp, row.timestamp + interval);
  for (const [index, row] of rows.entries()) {
    const next = rows[index + 1];
    if (next && next.timestamp - row.timestamp > interval) add("gap", row.timestamp + interval, next.timestamp);
  }
  const capacityWh = (house.capacityWatts * interval) / 3600;
  const daylight = new Map(
    rows.map((row) => [row.timestamp, sunAt(row.timestamp + interval / 2, house).altitude] as const),
  );
  const altitude = (row: ReadingRow) => daylight.get(row.timestamp) ?? 0;
  const runs = (
    kind: NoteKind,
    least: number,
    matches: (row: ReadingRow) => boolean,
    ignore = (_: ReadingRow) => false,
  ) => {
    let run: ReadingRow[] = [];
    const end = () => {
      const [first, last] = [run[0], run.at(-1)];
      if (first && last && run.length * interval >= least * 3600) {
        add(kind, first.timestamp, last.timestamp + interval, run.length * interval);
      }
      run = [];
    };
    for (const row of rows) {
      if (ignore(row)) continue;
      if (matches(row)) run.push(row);
      else end();
    }
    end();
  };
  runs("zero-consumption", ZERO_HOURS, (row) => row.consumptionWh === 0);
  if (house.hasSolar) {
    // Nights between two days of an outage neither prove nor disprove it.
    const high = 15;
    runs(
      "solar-outage",
      OUTAGE_HOURS,
      (row) => row.productionWh === 0,
      (row) => altitude(row) < high,
    );
    runs("production-in-dark", 0, (row) => row.productionWh > capacityWh * 0.05 && altitude(row) < -6);
  }
  runs("above-capacity", 0, (row) => row.productionWh - row.consumptionWh > capacityWh);
  for (const [from, to, seconds] of repeatedDays(rows, interval)) add("repeated", from, to, seconds);
  return merged(spans).map(({ kind, from, to, seconds }) => ({
    house: house.name,
    kind,
    from,
    to,
    hours: Math.round((seconds / 3600) * 100) / 100,
  }));
}

/** Days that were filled in from other days: many hours equal to the last digit. */
function repeatedDays(rows: readonly ReadingRow[], interval: number): [from: number, to: number, seconds: number][] {
  const consumption = new Map(rows.map((row) => [row.timestamp, row] as const));
  const days = new Map<number, { from: number; to: number; seconds: number }>();
  for (const row of rows) {
    if (row.consumptionWh === 0) continue;
    const copied = [1, 2, 3, 4, 5, 6, 7].some(
      (days) => consumption.get(row.timestamp - days * SECONDS_PER_DAY)?.exact === row.exact,
    );
    if (!copied) continue;
    const day = Math.floor(row.timestamp / SECONDS_PER_DAY);
    const found = days.get(day) ?? { from: row.timestamp, to: 0, seconds: 0 };
    days.set(day, { ...found, to: row.timestamp + interval, seconds: found.seconds + interval });
  }
  return [...days.values()]
    .filter(({ seconds }) => seconds >= REPEATED_HOURS * 3600)
    .map(({ from, to, seconds }) => [from, to, seconds]);
}

function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  const last = new Map<NoteKind, Span>();
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const before = last.get(span.kind);
    if (before && span.from - before.to <= MERGE_SECONDS) {
      before.to = Math.max(before.to, span.to);
      before.seconds += span.seconds;
    } else {
      const copy = { ...span };
      last.set(span.kind, copy);
      result.push(copy);
    }
  }
  return result;
}

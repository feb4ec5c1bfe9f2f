// Readings gathered by the hour or by the reader's day, with how much of each is known.
import type { Reading } from "@gridx/forecast/client/home";
import { HOUR, startOfDay } from "../figures/days.ts";

export interface Bucket {
  /** Unix seconds. */
  start: number;
  lengthSeconds: number;
  /** How much of it readings cover. */
  knownSeconds: number;
  producedWh: number;
  usedWh: number;
  /** Used of the home's own sun, reading by reading. */
  ownWh: number;
}

/** Starts of the hours (of UTC, as meters count) of [from, to); what is left of the first, where a day begins within one. */
export function hourStarts(from: number, to: number): number[] {
  const starts = [from];
  for (let start = (Math.floor(from / HOUR) + 1) * HOUR; start < to; start += HOUR) starts.push(start);
  return starts;
}

/** Starts of the reader's last `days` days, today among them; some have 23 or 25 hours. */
export const dayStarts = (now: number, days: number): number[] =>
  Array.from({ length: days }, (_, index) => startOfDay(now, index + 1 - days));

/** One for each start, known or not; the last ends at `to`. `readings` are oldest first. */
export function gather(readings: readonly Reading[], starts: readonly number[], to: number): Bucket[] {
  const buckets = starts.map((start, index): Bucket => {
    const end = starts[index + 1] ?? to;
    return { start, lengthSeconds: end - start, knownSeconds: 0, producedWh: 0, usedWh: 0, ownWh: 0 };
  });
  let at = 0;
  for (const { start, lengthSeconds, productionWh, consumptionWh } of readings) {
    while (at + 1 < buckets.length && start >= (buckets[at + 1]?.start ?? 0)) at += 1;
    const bucket = buckets[at];
    if (!bucket || start < bucket.start || start >= to) continue;
    bucket.knownSeconds += lengthSeconds;
    bucket.producedWh += productionWh;
    bucket.usedWh += consumptionWh;
    bucket.ownWh += Math.min(productionWh, consumptionWh);
  }
  return buckets;
}

export function sumOf(buckets: readonly Bucket[]) {
  const sum = { knownSeconds: 0, producedWh: 0, usedWh: 0, ownWh: 0 };
  for (const { knownSeconds, producedWh, usedWh, ownWh } of buckets) {
    sum.knownSeconds += knownSeconds;
    sum.producedWh += producedWh;
    sum.usedWh += usedWh;
    sum.ownWh += ownWh;
  }
  return sum;
}

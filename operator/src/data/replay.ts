// A neighbourhood out of a folder of CSV readings.
import type { Energy, Neighbourhood, Note } from "../neighbourhood.ts";
import { type Finding, findFaults, inOrder } from "./faults.ts";
import { readHouse, readHouses } from "./rows.ts";
import { weekShift } from "./shift.ts";

export interface ReplayOptions {
  folder: string;
  days: number;
  /** Unix seconds at which the history ends. */
  now: number;
}

/** The interval of the data in seconds: the most frequent distance, which every other one must be a multiple of. */
function intervalOf(series: readonly { name: string; timestamps: readonly number[] }[]): number {
  const counts = new Map<number, number>();
  for (const { timestamps } of series) {
    for (const [index, timestamp] of timestamps.entries()) {
      const distance = timestamp - (timestamps[index - 1] ?? timestamp);
      if (distance > 0) counts.set(distance, (counts.get(distance) ?? 0) + 1);
    }
  }
  const [interval] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
  if (interval === undefined) throw new Error("the data hold no two rows of one house, so no interval");
  const origin = series.find(({ timestamps }) => timestamps.length > 0)?.timestamps[0] ?? 0;
  for (const { name, timestamps } of series) {
    const odd = timestamps.find((timestamp) => (timestamp - origin) % interval !== 0);
    if (odd !== undefined) {
      throw new Error(
        `${name}.csv: ${new Date(odd * 1000).toISOString()} does not lie on the interval of ${interval} s`,
      );
    }
  }
  if (interval < 60 || interval > 86_400)
    throw new Error(`an interval of ${interval} s cannot be a slot (60 to 86,400 s)`);
  return interval;
}

export function replayFolder({ folder, days, now }: ReplayOptions): Neighbourhood {
  const houses = readHouses(folder);
  const series = houses.map((house) => ({ house, name: house.name, ...inOrder(readHouse(folder, house.name)) }));
  const interval = intervalOf(series.map(({ name, rows }) => ({ name, timestamps: rows.map((row) => row.timestamp) })));
  const dataStart = Math.min(...series.map(({ rows }) => rows[0]?.timestamp ?? Number.POSITIVE_INFINITY));
  const dataEnd = Math.max(
    ...series.map(({ rows }) => (rows.at(-1)?.timestamp ?? Number.NEGATIVE_INFINITY) + interval),
  );
  const findings: Finding[] = series.flatMap(({ house, rows, duplicates }) =>
    findFaults(house, rows, duplicates, interval),
  );
  // Zones that are off by half an hour start their hours within a slot; the data then move by that much besides.
  const misaligned = dataStart % interval;
  if (misaligned !== 0) {
    const hours = Math.round((misaligned / 3600) * 100) / 100;
    findings.push({ house: "*", kind: "realigned", from: dataStart, to: dataEnd, hours });
  }
  const shift = weekShift({ dataStart, dataEnd, days, now }) - misaligned;
  const notes = findings.map(
    ({ house, kind, from, to, hours }): Note => ({
      house,
      kind,
      from: iso(from),
      to: iso(to),
      hours,
      fromSlot: Math.floor((from + shift) / interval),
      toSlot: Math.ceil((to + shift) / interval),
    }),
  );
  const energies = new Map(
    series.map(({ name, rows }) => [
      name,
      new Map(
        rows.map(({ timestamp, productionWh, consumptionWh }) => [
          (timestamp + shift) / interval,
          { productionWh, consumptionWh } satisfies Energy,
        ]),
      ),
    ]),
  );
  const liveSlot = Math.floor(now / interval);
  const weeks = Math.round(shift / (7 * 86_400));
  const date = new Date((liveSlot * interval - shift) * 1000).toISOString().slice(0, 10);
  return {
    description: `${houses.length} homes replayed from data, ${weeks} weeks later: today is ${date} in their calendar`,
    slotDuration: interval,
    houses: houses.map(({ timezone, ...house }) => ({ ...house, timeZone: timezone })),
    energyOf: (house, slot) => energies.get(house)?.get(slot) ?? null,
    firstSlot: liveSlot - Math.round((days * 86_400) / interval),
    liveSlot,
    endSlot: (dataEnd + shift) / interval,
    notes,
  };
}

const iso = (timestamp: number): string => new Date(timestamp * 1000).toISOString().replace(".000Z", "Z");

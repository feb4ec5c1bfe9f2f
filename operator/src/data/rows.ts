import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readCsv } from "./csv.ts";

const number = (least: number, most: number) =>
  z
    .string({ error: "is missing" })
    .min(1, "is empty")
    .transform(Number)
    .pipe(z.number({ error: "is no number" }).min(least, `is below ${least}`).max(most, `is above ${most}`));

const ZONED = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

/** One line of a house's file: energy of the interval that starts at `timestamp`. */
export const readingRowSchema = z
  .object({
    timestamp: z
      .string({ error: "is missing" })
      .regex(ZONED, "is no ISO 8601 time with a UTC offset")
      .transform((text) => Date.parse(text) / 1000)
      .refine(Number.isInteger, "is no time of whole seconds"),
    production_kwh: number(0, 100_000),
    consumption_kwh: number(0, 100_000),
  })
  .transform((row) => ({
    timestamp: row.timestamp,
    productionWh: Math.round(row.production_kwh * 1000),
    consumptionWh: Math.round(row.consumption_kwh * 1000),
    /** As given, to tell copied values from equal roundings. */
    exact: `${row.production_kwh}/${row.consumption_kwh}`,
  }));
export type ReadingRow = z.output<typeof readingRowSchema>;

const houseRowSchema = z
  .object({
    house: z
      .string({ error: "is missing" })
      .regex(/^[\w.-]{1,64}$/, "is no name of letters, digits, dots, dashes and underscores"),
    pv_kw: number(0, 4_000_000),
    latitude: number(-90, 90),
    longitude: number(-180, 180),
    timezone: z.string({ error: "is missing" }).refine(isTimeZone, "is no IANA time zone"),
  })
  .transform((row) => ({
    name: row.house,
    capacityWatts: Math.round(row.pv_kw * 1000),
    hasSolar: row.pv_kw > 0,
    latitude: row.latitude,
    longitude: row.longitude,
    timezone: row.timezone,
  }));
export type HouseRow = z.output<typeof houseRowSchema>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** Houses of a folder: `houses.csv` names them, and each has a file of its own name. */
export function readHouses(folder: string): HouseRow[] {
  const houses = readCsv(join(folder, "houses.csv"), houseRowSchema);
  if (houses.length === 0) throw new Error("houses.csv: names no house");
  const names = new Set<string>();
  for (const { name } of houses) {
    if (names.has(name)) throw new Error(`houses.csv: ${name} is named twice`);
    names.add(name);
    if (!existsSync(join(folder, `${name}.csv`))) {
      const others = readdirSync(folder).filter((file) => file.endsWith(".csv") && file !== "houses.csv");
      throw new Error(
        `houses.csv names ${name}, but ${name}.csv is not among ${others.join(", ") || "no other files"}`,
      );
    }
  }
  return houses;
}

export const readHouse = (folder: string, name: string): ReadingRow[] =>
  readCsv(join(folder, `${name}.csv`), readingRowSchema);

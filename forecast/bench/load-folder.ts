// Reads a folder of hourly readings: houses.csv and one CSV a house, with production and consumption in kWh.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { HOUR_SECONDS, type HouseSeries } from "../src/series/house-series.ts";

const houseRow = z.object({
  house: z.string().min(1),
  pv_kw: z.coerce.number().min(0).max(1_000_000),
  latitude: z.coerce.number().min(-90).max(90),
  longitude: z.coerce.number().min(-180).max(180),
  timezone: z.string().min(1),
});
const energy = z.union([z.literal("").transform(() => Number.NaN), z.coerce.number().min(0).max(1_000_000)]);
const readingRow = z.object({
  timestamp: z.string().regex(/(Z|[+-]\d\d:\d\d)$/, "needs its offset from UTC"),
  production_kwh: energy,
  consumption_kwh: energy,
});

function readCsv<T extends z.ZodType>(path: string, schema: T): z.output<T>[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new Error(`${path} cannot be read`, { cause });
  }
  const [header = "", ...lines] = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const names = header.split(",").map((name) => name.trim());
  return lines.flatMap((line, i) => {
    if (line.trim() === "") return [];
    const cells = line.split(",");
    const parsed = schema.safeParse(Object.fromEntries(names.map((name, c) => [name, (cells[c] ?? "").trim()])));
    if (parsed.success) return [parsed.data];
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`${path}, line ${i + 2}: ${problems.join("; ")}`);
  });
}

/** Homes of a folder in order of name. A missing reading is NaN; of two for one hour the first counts. */
export function loadFolder(folder: string): HouseSeries[] {
  const profiles = readCsv(join(folder, "houses.csv"), houseRow);
  const files = new Set(readdirSync(folder));
  return profiles
    .filter(({ house }) => files.has(`${house}.csv`))
    .map((profile) => {
      const rows = readCsv(join(folder, `${profile.house}.csv`), readingRow).map((row) => ({
        seconds: Date.parse(row.timestamp) / 1000,
        row,
      }));
      const start = Math.min(...rows.map(({ seconds }) => seconds));
      const last = Math.max(...rows.map(({ seconds }) => seconds));
      const hours = rows.length === 0 ? 0 : (last - start) / HOUR_SECONDS + 1;
      const loadWh = new Float64Array(Math.floor(hours)).fill(Number.NaN);
      const pvWh = loadWh.slice();
      for (const { seconds, row } of rows) {
        const i = (seconds - start) / HOUR_SECONDS;
        if (!Number.isInteger(i))
          throw new Error(`${profile.house}.csv: ${row.timestamp} is not a full hour after the first`);
        if (!Number.isNaN(loadWh[i])) continue;
        loadWh[i] = row.consumption_kwh * 1000;
        pvWh[i] = row.production_kwh * 1000;
      }
      return {
        id: profile.house,
        capacityWatts: profile.pv_kw * 1000,
        latitude: profile.latitude,
        longitude: profile.longitude,
        timeZone: profile.timezone,
        startSeconds: start,
        loadWh,
        pvWh,
      };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

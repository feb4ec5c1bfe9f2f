// Reads `timestamp,production_kwh,consumption_kwh`, the files that the relay and the replay read too.
import { CsvError, parse } from "csv-parse/sync";
import { z } from "zod";
import { ImportError, MAX_INTERVALS, type MeterValues } from "./meter-values.ts";

const ZONED = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

const energy = z
  .string({ error: "is missing" })
  .min(1, "is empty")
  .transform(Number)
  .pipe(z.number({ error: "is no number" }).min(0, "is below 0").max(100_000, "is above 100,000"));

const rowSchema = z.object({
  timestamp: z
    .string({ error: "is missing" })
    .regex(ZONED, "is no ISO 8601 time with a UTC offset")
    .transform((text) => Date.parse(text) / 1000)
    .refine(Number.isInteger, "is no time of whole seconds"),
  production_kwh: energy,
  consumption_kwh: energy,
});

/** Rows in order of time; their length is the most frequent distance. Of equal timestamps the first counts. */
export function readCsv(file: string, text: string): MeterValues[] {
  let records: { record: unknown; info: { lines: number } }[];
  try {
    const options = { bom: true, trim: true, skip_empty_lines: true, columns: true, info: true, to: MAX_INTERVALS + 1 };
    records = parse(text, options) as unknown as typeof records;
  } catch (error) {
    if (error instanceof CsvError) throw new ImportError(`${file}: ${error.message}`);
    throw error;
  }
  if (records.length > MAX_INTERVALS) throw new ImportError(`${file}: more than ${MAX_INTERVALS} rows`);
  const rows = records.map(({ record, info }) => {
    const parsed = rowSchema.safeParse(record);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new ImportError(`${file}, line ${info.lines}: ${issue?.path.join(".")}: ${issue?.message}`);
  });
  rows.sort((a, b) => a.timestamp - b.timestamp);
  const unique = rows.filter((row, index) => row.timestamp !== rows[index - 1]?.timestamp);
  const lengthSeconds = usualDistance(unique.map(({ timestamp }) => timestamp));
  if (lengthSeconds === null) throw new ImportError(`${file}: holds fewer than two rows, so no interval`);
  return unique.map(({ timestamp, production_kwh, consumption_kwh }) => ({
    start: timestamp,
    lengthSeconds,
    productionWh: Math.round(production_kwh * 1000),
    consumptionWh: Math.round(consumption_kwh * 1000),
  }));
}

function usualDistance(times: readonly number[]): number | null {
  const counts = new Map<number, number>();
  for (const [index, time] of times.entries()) {
    const before = times[index - 1];
    if (before !== undefined) counts.set(time - before, (counts.get(time - before) ?? 0) + 1);
  }
  const [best] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return best ? best[0] : null;
}

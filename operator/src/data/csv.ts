import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { CsvError, parse } from "csv-parse/sync";
import type { z } from "zod";

/** What a line says, or what is wrong with which of its fields. */
type Checked<T> = { ok: true; value: T } | { ok: false; problem: string };

/** A line of a CSV file with its number and where it ends in the file. */
export type CsvLine<T> = { line: number; end: number } & Checked<T>;

const LINE_END = 0x0a;

interface CsvRecord {
  record: unknown;
  info: { lines: number; error?: CsvError };
}

const TEXT = { bom: true, trim: true, skip_empty_lines: true };

/** Records; one that has too few or too many fields carries an error. */
const recordsOf = (text: string, columns: true | string[]): CsvRecord[] =>
  parse(text, { ...TEXT, columns, info: true, relax_column_count: true }) as unknown as CsvRecord[];

/** What a record says; a missing field is a wrong one. */
function check<T extends z.ZodType>(place: string, { record, info }: CsvRecord, schema: T): Checked<z.output<T>> {
  const parsed = schema.safeParse(record);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    return { ok: false, problem: `${place}: ${issues.join("; ")}` };
  }
  if (info.error) return { ok: false, problem: `${place}: has another number of fields than the header` };
  return { ok: true, value: parsed.data };
}

/**
 * The lines that end after `from` of a file that begins with a header line, each read for itself: one that is no CSV
 * (a quote left open, say) spoils none but itself. What follows the last line end is left out.
 */
export function parseCsvLines<T extends z.ZodType>(
  file: string,
  bytes: Buffer,
  schema: T,
  from = 0,
): CsvLine<z.output<T>>[] {
  const headerEnd = bytes.indexOf(LINE_END) + 1;
  if (headerEnd === 0) return [];
  const columns = headerOf(file, bytes.toString("utf8", 0, headerEnd));
  let start = from > headerEnd ? bytes.lastIndexOf(LINE_END, from - 1) + 1 : headerEnd;
  let line = bytes.subarray(0, start).filter((byte) => byte === LINE_END).length;
  const lines: CsvLine<z.output<T>>[] = [];
  for (let next = bytes.indexOf(LINE_END, start); next >= 0; next = bytes.indexOf(LINE_END, start)) {
    const text = bytes.toString("utf8", start, next);
    line += 1;
    start = next + 1;
    lines.push(
      ...checkLine(`${file}, line ${line}`, text, columns, schema).map((result) => ({ line, end: start, ...result })),
    );
  }
  return lines;
}

function headerOf(file: string, text: string): string[] {
  try {
    const [columns] = parse(text, TEXT) as string[][];
    if (columns) return columns;
  } catch {}
  throw new Error(`${file}: its first line is no header`);
}

function checkLine<T extends z.ZodType>(place: string, text: string, columns: string[], schema: T) {
  try {
    return recordsOf(text, columns).map((record) => check(place, record, schema));
  } catch {
    return [{ ok: false as const, problem: `${place}: cannot be read as CSV` }];
  }
}

/** Reads a CSV file; an error names file, line and field. */
export function readCsv<T extends z.ZodType>(path: string, schema: T): z.output<T>[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new Error(`${path} cannot be read`, { cause });
  }
  const file = basename(path);
  let records: CsvRecord[];
  try {
    records = recordsOf(text, true);
  } catch (cause) {
    if (cause instanceof CsvError) throw new Error(`${file}: ${cause.message}`, { cause });
    throw cause;
  }
  return records.map((record) => {
    const result = check(`${file}, line ${record.info.lines}`, record, schema);
    if (result.ok) return result.value;
    throw new Error(result.problem);
  });
}

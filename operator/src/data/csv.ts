import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { CsvError, parse } from "csv-parse/sync";
import type { z } from "zod";

/** A line of a CSV file: what it says, or what is wrong with which of its fields. */
export type CsvLine<T> = {
  line: number;
  /** Where the line ends in the file. */
  end: number;
} & ({ ok: true; value: T } | { ok: false; problem: string });

/** Parses CSV with a header line; what is no CSV throws with its line, a line of wrong fields is told in its place. */
export function parseCsv<T extends z.ZodType>(file: string, text: string | Buffer, schema: T): CsvLine<z.output<T>>[] {
  let records: { record: unknown; info: { lines: number; bytes: number } }[];
  try {
    records = parse(text, { columns: true, info: true, bom: true, trim: true, skip_empty_lines: true });
  } catch (cause) {
    if (cause instanceof CsvError) throw new Error(`${file}: ${cause.message}`, { cause });
    throw cause;
  }
  return records.map(({ record, info: { lines: line, bytes: end } }) => {
    const parsed = schema.safeParse(record);
    if (parsed.success) return { line, end, ok: true, value: parsed.data };
    const issues = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    return { line, end, ok: false, problem: `${file}, line ${line}: ${issues.join("; ")}` };
  });
}

/** Reads a CSV file; an error names file, line and field. */
export function readCsv<T extends z.ZodType>(path: string, schema: T): z.output<T>[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new Error(`${path} cannot be read`, { cause });
  }
  return parseCsv(basename(path), text, schema).map((line) => {
    if (line.ok) return line.value;
    throw new Error(line.problem);
  });
}

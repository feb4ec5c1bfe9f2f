// Tables for spreadsheets, of any length: read a page at a time, as fast as the caller takes them.
import type { Context } from "hono";

/** A column: its head, with the unit, and its cell of a row. */
export type Columns<Row> = readonly (readonly [head: string, cell: (row: Row) => string | number | null])[];

const PAGE = 500;

/** A text that a spreadsheet would compute gets an apostrophe before it. */
const FORMULA = /^[\s\0]*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;
/** So does a part of it: not all programs take commas, and those that do not know our quotes either. */
const PART = /([;\t\r\n][\s\0"]*)(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g;

export function cellOf(value: string | number | null): string {
  if (value === null) return "";
  const text = String(value);
  const safe = (FORMULA.test(text) ? `'${text}` : text).replace(PART, "$1'");
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const lineOf = (cells: readonly (string | number | null)[]) => `${cells.map(cellOf).join(",")}\r\n`;

/** `read` gives at most so many rows after a row, all there are from the first on where there is none. */
export function answerCsv<Row>(
  c: Context,
  name: string,
  columns: Columns<Row>,
  read: (after: Row | undefined, limit: number) => Promise<readonly Row[]>,
) {
  const encoder = new TextEncoder();
  let last: Row | undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(encoder.encode(lineOf(columns.map(([head]) => head)))),
      async pull(controller) {
        const rows = (await read(last, PAGE)).slice(0, PAGE);
        last = rows.at(-1);
        const lines = rows.map((row) => lineOf(columns.map(([, cell]) => cell(row))));
        if (rows.length > 0) controller.enqueue(encoder.encode(lines.join("")));
        if (rows.length < PAGE) controller.close();
      },
    },
    { highWaterMark: 1 },
  );
  const block = c.get("reached")?.blockNumber;
  return c.body(body, 200, {
    "content-type": "text/csv; charset=utf-8; header=present",
    "content-disposition": `attachment; filename="${name}.csv"`,
    "cache-control": "no-store",
    "access-control-expose-headers": "x-block-number, content-disposition",
    ...(block === undefined ? {} : { "x-block-number": String(block) }),
  });
}

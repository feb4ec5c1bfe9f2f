import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { CsvSource } from "../src/relay/source.ts";

const folder = mkdtempSync(join(tmpdir(), "gridx-source-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SLOT = 900;
const HEADER = "timestamp,production_kwh,consumption_kwh\n";
const at = (slot: number, offset = 0) => new Date((slot * SLOT + offset) * 1000).toISOString();
const path = join(folder, "east.csv");

describe("a meter's file", () => {
  test("gives every good line, whatever stands in the others", () => {
    const bad = [
      `${at(1, 420)},1,0`,
      `${at(2)},1`,
      `${at(3)},1,0,9`,
      `"${at(4)},1,0`,
      `${at(5)}"x,1,0`,
      at(6).slice(0, 9),
    ];
    const lines = bad.flatMap((line, index) => [line, `${at(100 + index)},0.00${index + 1},0`]);
    writeFileSync(path, `\ufeff${HEADER}\r\n${lines.join("\r\n")}\r\n${at(200)},1,`);
    const news = new CsvSource(path, SLOT).readAfter(0);
    expect(news?.readings).toMatchObject(bad.map((_, index) => ({ slot: 100 + index, exportWh: BigInt(index + 1) })));
    expect(news?.problems).toEqual([
      "east.csv, line 3: timestamp: is not the start of a slot",
      "east.csv, line 5: consumption_kwh: is missing",
      "east.csv, line 7: has another number of fields than the header",
      "east.csv, line 9: cannot be read as CSV",
      "east.csv, line 11: cannot be read as CSV",
      "east.csv, line 13: timestamp: is no ISO 8601 time with a UTC offset; production_kwh: is missing; consumption_kwh: is missing",
    ]);
    // The torn last line counts when it is whole, and nothing counts twice.
    const source = new CsvSource(path, SLOT);
    appendFileSync(path, `0\n${at(201)},2,0\n`);
    const more = source.readAfter(news?.cursor ?? 0);
    expect(more).toMatchObject({ problems: [], readings: [{ slot: 200 }, { slot: 201 }] });
    expect(source.readAfter(more?.cursor ?? 0)).toBeNull();
  });

  test("is not passed over while it has no header", () => {
    writeFileSync(path, "");
    expect(new CsvSource(path, SLOT).readAfter(0)).toBeNull();
    writeFileSync(path, `\n${HEADER}${at(0)},1,0\n`);
    expect(() => new CsvSource(path, SLOT).readAfter(0)).toThrow("east.csv: its first line is no header");
  });

  test("of hours is refused where slots are quarters, and taken when it is mended", () => {
    const rows = (step: number) => Array.from({ length: 12 }, (_, index) => `${at(index * step)},1,0\n`).join("");
    writeFileSync(path, HEADER + rows(4));
    const source = new CsvSource(path, SLOT);
    expect(() => source.readAfter(0)).toThrow(
      "east.csv: its rows are 3600 s apart or more, the contract's slots 900 s",
    );
    expect(new CsvSource(path, 4 * SLOT).readAfter(0)?.readings).toHaveLength(12);
    writeFileSync(path, HEADER + rows(1));
    expect(source.readAfter(0)?.readings).toHaveLength(12);
  });

  test("may begin with rows hours apart, and be replaced by a shorter one", () => {
    writeFileSync(path, `${HEADER}${at(0)},1,0\n${at(12)},1,0\n`);
    const news = new CsvSource(path, SLOT).readAfter(0);
    expect(news).toMatchObject({ problems: [], readings: [{ slot: 0 }, { slot: 12 }] });
    writeFileSync(path, `${HEADER}${at(13)},1,0\n`);
    expect(new CsvSource(path, SLOT).readAfter(news?.cursor ?? 0)?.readings).toMatchObject([{ slot: 13 }]);
  });
});

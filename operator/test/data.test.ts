import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { replayFolder } from "../src/data/replay.ts";
import { weekShift } from "../src/data/shift.ts";
import { exportWhOf } from "../src/neighbourhood.ts";

const root = mkdtempSync(join(tmpdir(), "gridx-data-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

const HEADER = "timestamp,production_kwh,consumption_kwh\n";
const START = Date.UTC(2025, 0, 6);
const NOW = Date.UTC(2026, 0, 20, 12, 34) / 1000;

function folderOf(
  files: Record<string, string>,
  houses = "house,pv_kw,latitude,longitude,timezone\na,4,18.5,73.9,Asia/Kolkata\n",
) {
  folders += 1;
  const folder = join(root, String(folders));
  mkdirSync(folder);
  writeFileSync(join(folder, "houses.csv"), houses);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Hours of plausible data; `change` may alter or drop (null) an hour. */
function series(
  hours: number,
  change: (hour: number) => { production?: number; consumption?: number } | null = () => ({}),
) {
  let text = HEADER;
  for (let hour = 0; hour < hours; hour += 1) {
    const values = change(hour);
    if (!values) continue;
    // 6 to 18 o'clock in India is 0:30 to 12:30 of UTC.
    const light = hour % 24 < 12 ? Math.sin(((hour % 24) / 12) * Math.PI) * 3 : 0;
    const { production = light, consumption = 0.4 + ((hour * 7919) % 101) / 100 } = values;
    const time = new Date(START + hour * 3_600_000).toISOString().replace(".000Z", "Z");
    text += `${time},${production.toFixed(4)},${consumption.toFixed(4)}\n`;
  }
  return text;
}

const replay = (text: string, days = 7) => replayFolder({ folder: folderOf({ "a.csv": text }), days, now: NOW });
const notes = (text: string) => replay(text).notes.map(({ kind, from, to, hours }) => ({ kind, from, to, hours }));
const at = (hour: number) => new Date(START + hour * 3_600_000).toISOString().replace(".000Z", "Z");

describe("a folder of readings", () => {
  test("is read with its interval, shifted by whole weeks, and good data have no notes", () => {
    const hours = 24 * 60;
    const result = replay(series(hours));
    expect(result.slotDuration).toBe(3600);
    expect(result.notes).toEqual([]);
    expect(result.liveSlot - result.firstSlot).toBe(168);
    const shift = (result.endSlot ?? 0) * 3600 - (START / 1000 + hours * 3600);
    expect(shift % (7 * 86_400)).toBe(0);
    expect(result.energyOf("a", result.firstSlot)).not.toBeNull();
    expect(result.energyOf("a", (result.endSlot ?? 0) - 1)).not.toBeNull();
    expect(result.energyOf("a", result.endSlot ?? 0)).toBeNull();
    expect(result.energyOf("b", result.firstSlot)).toBeNull();
  });

  test("a gap yields no reading and is told", () => {
    const text = series(24 * 60, (hour) => (hour >= 100 && hour < 103 ? null : {}));
    expect(notes(text)).toEqual([{ kind: "gap", from: at(100), to: at(103), hours: 3 }]);
    const result = replay(text);
    const gap = result.notes[0];
    expect(result.energyOf("a", gap?.fromSlot ?? 0)).toBeNull();
    expect(result.energyOf("a", (gap?.fromSlot ?? 0) - 1)).not.toBeNull();
    expect(result.energyOf("a", gap?.toSlot ?? 0)).not.toBeNull();
  });

  test("of duplicate hours the first counts; lines out of order are put in order", () => {
    const lines = series(24 * 60)
      .trimEnd()
      .split("\n");
    const double = `${lines[51]?.split(",")[0]},9.9,9.9`;
    const text = [...lines.slice(0, 61), double, ...lines.slice(61)].join("\n");
    expect(notes(text)).toEqual([{ kind: "duplicate", from: at(50), to: at(51), hours: 1 }]);
    const [header, ...rows] = lines;
    const reversed = replay([header, ...rows.reverse()].join("\n"));
    expect(reversed.notes).toEqual([]);
    expect(reversed.energyOf("a", reversed.firstSlot)).toEqual(
      replay(series(24 * 60)).energyOf("a", reversed.firstSlot),
    );
  });

  test("long zeros, dark panels, copied days, production at night and too much of it are told, never changed", () => {
    const day = 24;
    const kinds = (change: Parameters<typeof series>[1]) => notes(series(24 * 60, change)).map(({ kind }) => kind);
    expect(kinds((hour) => (hour >= 30 && hour < 36 ? { consumption: 0 } : {}))).toEqual(["zero-consumption"]);
    expect(kinds((hour) => (hour >= 3 * day && hour < 5 * day ? { production: 0 } : {}))).toEqual(["solar-outage"]);
    expect(kinds((hour) => (hour === 4 * day + 18 ? { production: 1 } : {}))).toEqual(["production-in-dark"]);
    expect(kinds((hour) => (hour === 4 * day + 6 ? { production: 9, consumption: 0.5 } : {}))).toEqual([
      "above-capacity",
    ]);
    expect(
      kinds((hour) => ({
        consumption: 1 + (Math.floor(hour / day) === 9 ? ((hour - day) * 13) % 77 : (hour * 13) % 77) / 100,
      })),
    ).toEqual(["repeated"]);
    const text = series(24 * 60, (hour) => (hour === 4 * day + 6 ? { production: 9, consumption: 0.5 } : {}));
    const result = replay(text);
    expect(
      exportWhOf(result.energyOf("a", result.notes[0]?.fromSlot ?? 0) ?? { productionWh: 0, consumptionWh: 0 }),
    ).toBe(8500);
  });

  test("errors name file, line and field", () => {
    const bad = (line: string) => () => replay(`${series(48)}${line}\n`);
    expect(bad("2025-01-08T00:00:00Z,x,1")).toThrow("a.csv, line 50: production_kwh: is no number");
    expect(bad("2025-01-08T00:00:00Z,1,-1")).toThrow("a.csv, line 50: consumption_kwh: is below 0");
    expect(bad("2025-01-08T00:00:00Z,1,")).toThrow("a.csv, line 50: consumption_kwh: is empty");
    expect(bad("2025-01-08T00:00:00,1,1")).toThrow("a.csv, line 50: timestamp: is no ISO 8601 time with a UTC offset");
    expect(bad("2025-01-08T00:00:00Z,1")).toThrow("a.csv, line 50: consumption_kwh: is missing");
    expect(bad("2025-01-08T00:00:00Z,1,5,1")).toThrow("a.csv, line 50: has another number of fields than the header");
    expect(bad("2025-01-08T00:17:00Z,1,1")).toThrow(
      "a.csv: 2025-01-08T00:17:00.000Z does not lie on the interval of 3600 s",
    );
    const houses =
      (text: string, files = { "a.csv": series(48) }) =>
      () =>
        replayFolder({
          folder: folderOf(files, `house,pv_kw,latitude,longitude,timezone\n${text}`),
          days: 1,
          now: NOW,
        });
    expect(houses("a,4,100,0,UTC\n")).toThrow("houses.csv, line 2: latitude: is above 90");
    expect(houses("a,4,10,0,Mars/Olympus\n")).toThrow("houses.csv, line 2: timezone: is no IANA time zone");
    expect(houses("../a,4,10,0,UTC\n")).toThrow("houses.csv, line 2: house: is no name");
    expect(houses("a,4,10,0,UTC\na,4,10,0,UTC\n")).toThrow("a is named twice");
    expect(houses("b,4,10,0,UTC\n")).toThrow("houses.csv names b, but b.csv is not among a.csv");
    expect(() => replayFolder({ folder: join(root, "none"), days: 1, now: NOW })).toThrow("houses.csv cannot be read");
    expect(() => replay(series(48), 7)).toThrow("ask for at most that many");
  });

  test("hours that start at half past are moved onto slots, and this is told", () => {
    const text = series(24 * 60).replaceAll(":00:00Z", ":00:00+05:30");
    const result = replay(text);
    expect(result.notes.map(({ kind, hours }) => [kind, hours])).toContainEqual(["realigned", 0.5]);
    expect(result.energyOf("a", result.liveSlot)).not.toBeNull();
  });
});

describe("the shift by weeks", () => {
  test("keeps the history within the data, in the same season where a year is there", () => {
    const range = fc.record({
      start: fc.integer({ min: 1_400_000_000, max: 1_600_000_000 }),
      length: fc.integer({ min: 10, max: 1500 }),
      days: fc.integer({ min: 1, max: 9 }),
      later: fc.integer({ min: 0, max: 400_000_000 }),
    });
    fc.assert(
      fc.property(range, ({ start, length, days, later }) => {
        const [dataStart, dataEnd] = [start, start + length * 86_400];
        const now = dataEnd + later;
        let shift: number;
        try {
          shift = weekShift({ dataStart, dataEnd, days, now });
        } catch {
          expect(length - days).toBeLessThan(8);
          return;
        }
        const then = now - shift;
        expect(shift % 604_800).toBe(0);
        expect(then - days * 86_400).toBeGreaterThanOrEqual(dataStart);
        expect(then).toBeLessThan(dataEnd);
        if (length - days > 366 + 28 + 7) {
          const apart = (shift / 86_400) % 365.2425;
          expect(Math.min(apart, 365.2425 - apart)).toBeLessThanOrEqual(3.6);
        }
      }),
    );
  });

  test("of several years it takes the earliest", () => {
    const dataStart = Date.UTC(2020, 0, 1) / 1000;
    const dataEnd = Date.UTC(2024, 0, 1) / 1000;
    const now = Date.UTC(2026, 5, 15) / 1000;
    const then = new Date((now - weekShift({ dataStart, dataEnd, days: 7, now })) * 1000);
    expect(then.getUTCFullYear()).toBe(2020);
    expect(Math.abs(then.getTime() - Date.UTC(2020, 5, 15))).toBeLessThan(4 * 86_400_000);
  });
});

const real = process.env.GRIDX_DATA;
const realData = real ? "real data" : "real data (skipped: set GRIDX_DATA to a folder of readings)";

describe.skipIf(!real)(realData, () => {
  test("every documented fault is found", { timeout: 60_000 }, () => {
    const result = replayFolder({ folder: resolve(real ?? ""), days: 7, now: NOW });
    const found = (house: string, kind: string) =>
      result.notes.filter((note) => note.house === house && note.kind === kind);
    expect(result.houses).toHaveLength(10);
    for (const { name } of result.houses)
      expect(found(name, "gap").map(({ from }) => from)).toEqual(["2016-11-06T09:00:00Z"]);
    expect(found("house-07", "solar-outage").map(({ from }) => from.slice(0, 10))).toEqual([
      "2016-08-01",
      "2017-06-22",
    ]);
    const zeros = found("house-07", "zero-consumption").reduce((sum, { hours }) => sum + hours, 0);
    expect(zeros).toBeGreaterThan(900);
    expect(found("house-10", "repeated").reduce((sum, { hours }) => sum + hours, 0)).toBeGreaterThan(200);
    expect(found("house-10", "production-in-dark").length).toBeGreaterThan(0);
    expect(result.energyOf("house-01", result.liveSlot)).not.toBeNull();
  });
});

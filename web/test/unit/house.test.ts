// What is said of a home's readings and meter, against examples made by hand.
import type { Reading } from "@gridx/forecast/client/home";
import { describe, expect, it } from "vitest";
import { gather, hourStarts, sumOf } from "../../src/home/buckets.ts";
import { type Hint, hintsOf, type MeterFacts } from "../../src/home/meterStatus.ts";
import { readProfile, textOf } from "../../src/home/profile.ts";
import { createNumberInput } from "../../src/ui/parse.ts";

const HOUR = 3600;
const DAY = 86_400;
/** Midnight of a UTC day. */
const T = 1_780_963_200;
const reading = (start: number, productionWh: number, consumptionWh: number, lengthSeconds = 900): Reading => ({
  ...{ start, lengthSeconds, productionWh, consumptionWh },
});

describe("readings by the hour", () => {
  it("are summed where they begin, with how much of each hour is known and used of the own sun at once", () => {
    const readings = [reading(T, 300, 100), reading(T + 900, 0, 50), reading(T + HOUR, 10, 70, HOUR)];
    const buckets = gather(readings, hourStarts(T, T + 3 * HOUR), T + 3 * HOUR);
    expect(buckets).toEqual([
      { start: T, lengthSeconds: HOUR, knownSeconds: 1800, producedWh: 300, usedWh: 150, ownWh: 100 },
      { start: T + HOUR, lengthSeconds: HOUR, knownSeconds: HOUR, producedWh: 10, usedWh: 70, ownWh: 10 },
      { start: T + 2 * HOUR, lengthSeconds: HOUR, knownSeconds: 0, producedWh: 0, usedWh: 0, ownWh: 0 },
    ]);
    expect(sumOf(buckets)).toEqual({ knownSeconds: 5400, producedWh: 310, usedWh: 220, ownWh: 110 });
  });

  it("lose nothing of a day that begins in the middle of an hour, as in India", () => {
    const midnight = T + 18.5 * HOUR;
    const readings = [reading(midnight, 0, 5), reading(midnight + 900, 0, 6), reading(midnight + 1800, 0, 7)];
    const buckets = gather(readings, hourStarts(midnight, midnight + 2 * HOUR), midnight + 2 * HOUR);
    expect(buckets.map(({ start, lengthSeconds, usedWh }) => [start - midnight, lengthSeconds, usedWh])).toEqual([
      [0, 1800, 11],
      [1800, HOUR, 7],
      [1800 + HOUR, 1800, 0],
    ]);
  });

  it("leave out what begins before or after", () => {
    const readings = [reading(T - 900, 1, 1), reading(T, 2, 2), reading(T + HOUR, 4, 4)];
    expect(sumOf(gather(readings, [T], T + HOUR))).toMatchObject({ producedWh: 2, knownSeconds: 900 });
  });
});

describe("a meter", () => {
  const pune = { latitude: 18.5, longitude: 73.9, timeZone: "Asia/Kolkata" };
  /** A week without a gap, of a sun that shines from 6 to 18 o'clock in Pune. */
  const week = (shiftHours = 0) =>
    Array.from({ length: 7 * 24 }, (_, index) => {
      const clock = (((T + index * HOUR + 5.5 * HOUR) % DAY) / HOUR + shiftHours) % 24;
      return reading(T + index * HOUR, clock >= 6 && clock < 18 ? 500 : 0, 300, HOUR);
    });
  const end = T + 7 * DAY;
  const home: MeterFacts["home"] = { from: T, to: end, profile: pune };
  const hints = (
    changes: {
      home?: Partial<typeof home>;
      readings?: Reading[];
      degradedReasons?: (string | null)[];
      now?: number;
      since?: number;
    } = {},
  ): Hint[] =>
    hintsOf({
      home: { ...home, ...changes.home },
      readings: changes.readings ?? week(),
      since: changes.since ?? end - 7 * DAY,
      degradedReasons: changes.degradedReasons ?? [null, null],
      now: changes.now ?? end + 60,
    });

  it("that reports is not doubted", () => {
    expect(hints()).toEqual([]);
    expect(hints({ now: end + 3 * HOUR })).toEqual([]);
  });

  it("is silent three hours after its last reading, and has said nothing where there is none", () => {
    expect(hints({ now: end + 3 * HOUR + 1 })).toEqual([{ kind: "silent", seconds: 3 * HOUR + 1 }]);
    expect(hints({ home: { from: null, to: null }, readings: [] })).toEqual([{ kind: "none" }]);
  });

  it("has a gap where whole hours are missing between its readings, of those that it has existed", () => {
    const holed = week().filter((_, index) => index < 50 || index >= 53);
    expect(hints({ readings: holed })).toEqual([{ kind: "gap", hours: 3, of: 168 }]);
    // The page reads the week from a midnight on: what lies before it is not asked for, and not missing.
    const afternoon = end - 6.5 * DAY;
    expect(hints({ readings: week().filter(({ start }) => start >= afternoon), since: afternoon })).toEqual([]);
    const young = week().filter(({ start }) => start >= end - 10 * HOUR);
    expect(hints({ readings: young, home: { from: end - 10 * HOUR } })).toEqual([]);
  });

  it("whose panels give by night has a wrong clock, but not where it is not known where it stands", () => {
    const [hint] = hints({ readings: week(12) });
    expect(hint).toMatchObject({ kind: "clock" });
    expect(hints({ readings: week(12), home: { profile: null } })).toEqual([]);
    expect(hints({ readings: week(12), home: { profile: { ...pune, latitude: 68 } } })).toEqual([]);
  });

  it("is said to be what the forecasts doubt, each once, and an unknown reason in the service's own words", () => {
    const dead = "the panels have given nothing for 2 days";
    expect(
      hints({
        degradedReasons: [
          `the home has no profile: place and time zone are the community's; the meter has shown one value for 30 hours; ${dead}`,
          `${dead}; no reading for 30 hours; the weather can't be asked`,
        ],
      }),
    ).toEqual([
      { kind: "profile" },
      { kind: "stuck", hours: 30 },
      { kind: "dead", days: 2 },
      { kind: "other", reason: "the weather can't be asked" },
    ]);
  });
});

describe("the profile of a home", () => {
  const german = createNumberInput("de");
  const profile = {
    ...{ latitude: -33.8688, longitude: 151.2, timeZone: "Australia/Sydney" },
    ...{ tiltDegrees: 22.5, azimuthDegrees: null, capacityWatts: 4_000 },
  };

  it("is read as it is written, in the reader's own digits, and keeps what no field shows", () => {
    const text = textOf(profile, german);
    expect(text).toMatchObject({ latitude: "-33,8688", longitude: "151,2", tilt: "22,5", azimuth: "" });
    expect(readProfile(text, german, 4_000).profile).toEqual(profile);
  });

  it("names what is wrong, and is none until place and zone are known", () => {
    const text = { ...textOf(profile, german), latitude: "−90,1", timeZone: "Mars/Base", tilt: "ninety" };
    const { profile: none, errors } = readProfile(text, german, null);
    expect(none).toBeNull();
    expect(errors.latitude).toBe("From -90 to 90 degrees.");
    expect(errors.timeZone).toMatch(/No such time zone/);
    expect(errors.tilt).toMatch(/Tilt of the panels: give a number/);
    expect(errors.longitude).toBeNull();
    expect(readProfile(textOf(null, german), german, null)).toMatchObject({
      profile: null,
      errors: { latitude: null },
    });
  });
});

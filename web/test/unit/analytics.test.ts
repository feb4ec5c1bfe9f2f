import { describe, expect, it } from "vitest";
import { startOf, together, windowsOf } from "../../src/pages/analytics/period.ts";
import { sufficiencyDays } from "../../src/pages/analytics/sufficiency.ts";

const DAY = 86_400;
const TODAY = 20_000 * DAY;
const NOON = TODAY + DAY / 2;

describe("a period", () => {
  it("of seven days is today and the six days before; all of it begins with the market's first day", () => {
    expect(startOf(7, NOON, 0)).toBe(TODAY - 6 * DAY);
    expect(startOf("all", NOON, TODAY - 100 * DAY + 5)).toBe(TODAY - 100 * DAY);
  });

  it.each([1, 7, 8, 30, 31, 90, 200])("of %i days is measured in windows without gap or overlap", (days) => {
    const from = TODAY - (days - 1) * DAY;
    const windows = windowsOf(from, NOON);
    expect([windows[0]?.from, windows.at(-1)?.to]).toEqual([from, TODAY + DAY]);
    for (const [index, window] of windows.entries()) {
      expect(window.to - window.from).toBe(window.days * DAY);
      expect(window.days).toBeLessThanOrEqual(31);
      if (index > 0) expect(windows[index - 1]?.to).toBe(window.from);
    }
    expect(windows.length).toBeLessThanOrEqual(12);
  });
});

describe("windows together", () => {
  const part = (consumedWh: bigint | null, selfSufficiency: number | null, buyersSaved: bigint | null) => ({
    ...{ producedWh: consumedWh, consumedWh, selfSufficiency, selfConsumption: selfSufficiency },
    ...{ buyersSaved, sellersGained: 1n, meteredHours: 24 },
  });

  it("weigh shares by the energy, and leave out what was not metered", () => {
    const all = together([part(1_000n, 0.5, 3n), part(3_000n, 0.1, 4n), part(null, null, 5n)]);
    expect(all).toMatchObject({ consumedWh: 4_000n, buyersSaved: 12n, sellersGained: 3n, meteredHours: 72 });
    expect(all.selfSufficiency).toBeCloseTo(0.2, 10);
  });

  it("do not know what a part does not know, and never say 0 for it", () => {
    expect(together([part(null, null, 3n), part(null, null, null)])).toMatchObject({
      ...{ consumedWh: null, producedWh: null, selfSufficiency: null, selfConsumption: null, buyersSaved: null },
    });
  });
});

describe("self-sufficiency by day", () => {
  it("is counted hour by hour, with a gap where nothing is known", () => {
    const hour = (start: number, productionWh: number, consumptionWh: number) => ({
      start,
      productionWh,
      consumptionWh,
    });
    const days = sufficiencyDays([hour(TODAY, 300, 100), hour(TODAY + 3600, 0, 100), hour(TODAY + 2 * DAY, 10, 40)]);
    expect(days.map(({ start, share, hours }) => [start, share, hours])).toEqual([
      [TODAY, 0.5, 2],
      [TODAY + DAY, null, 0],
      [TODAY + 2 * DAY, 0.25, 1],
    ]);
    expect(sufficiencyDays([])).toEqual([]);
  });
});

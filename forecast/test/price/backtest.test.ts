import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { backtest, type Way, worseOff } from "../../bench/price/backtest.ts";
import { type Community, readCommunity } from "../../bench/price/community.ts";
import { forecastsAt } from "../../bench/price/look-back.ts";
import { waysOf } from "../../bench/price/ways.ts";

const base = { feedInPerKwh: 50_000n, feeBps: 100n };
const tiered = { base: 160_000n, lowStep: -16_000n, highStep: 16_000n, lowBelowKwh: 2, highAboveKwh: 4 };
const ways = waysOf(tiered);
const data = process.env.GRIDX_DATA;

/** Two homes with panels and four without, a sine of sun, loads that differ by home and hour. */
const village: Community = {
  houses: ["a", "b", "c", "d", "e", "f"],
  hours: Array.from({ length: 24 * 20 }, (_, index) => ({
    startsAt: index * 3600,
    retailPerKwh: index % 24 >= 16 && index % 24 < 21 ? 500_000n : 220_000n,
    gridGramsPerKwh: null,
    readings: Array.from({ length: 6 }, (_, home) => ({
      productionWh: home < 2 ? Math.max(0, Math.round(4000 * Math.sin((((index % 24) - 6) / 12) * Math.PI))) : 0,
      consumptionWh: 200 + ((index * 37 + home * 101) % 700),
    })),
  })),
};

const metered = ways.filter(({ bids }) => bids === "metered");

describe.each(metered.map((way) => [way.name, way] as const))("%s", (_, way) => {
  const outcome = backtest(village, way, base);

  it("saves exactly what the grid no longer keeps between its two prices, less the fees", () => {
    const total = (of: "gridOnly" | "community") => outcome.bills.reduce((sum, bill) => sum + bill[of], 0n);
    const kept = village.hours.map((hour, index) => {
      const told: Way = { ...way, prices: (b) => way.prices({ ...b, index, homes: forecastsAt(village, index) }) };
      const { tradedWh, fees } = backtest({ houses: village.houses, hours: [hour] }, told, base);
      return tradedWh * (hour.retailPerKwh - base.feedInPerKwh) - fees * 1000n;
    });
    expect(total("gridOnly") - total("community")).toBe(kept.reduce((a, b) => a + b, 0n));
    expect(outcome.tradedWh).toBeGreaterThan(0n);
  });

  it("leaves nobody worse off than the grid alone", () => expect(worseOff(outcome)).toEqual([]));
});

it("looks back only: what an hour and all after it say changes no forecast for it", () => {
  const index = 24 * 10 + 12;
  const altered = {
    ...village,
    hours: village.hours.map((hour, at) =>
      at < index ? hour : { ...hour, readings: hour.readings.map(() => ({ productionWh: 9, consumptionWh: 99_999 })) },
    ),
  };
  expect(forecastsAt(altered, index)).toEqual(forecastsAt(village, index));
  expect(forecastsAt(village, 24 * 3 - 1)).toBeNull();
});

describe.skipIf(!data || !existsSync(data))("with the readings of a year in GRIDX_DATA", () => {
  it("nobody who bids for no more than is lacking is worse off than with the grid alone", () => {
    const community = readCommunity(data ?? "");
    for (const way of metered) {
      const outcome = backtest(community, way, base);
      expect([way.name, worseOff(outcome)]).toEqual([way.name, []]);
      expect(outcome.tradedWh).toBeGreaterThan(0n);
    }
  }, 120_000);
});

import { expect, it } from "vitest";
import { pastSlots } from "../../src/price/past.ts";
import { bidsOfOthers, homesAt } from "../../src/price/source.ts";

const DAY = 96;
const clearing = (slot: number, pricePerKwh: bigint) => ({ slot, pricePerKwh });

it("the past of a slot is the same hour of up to 14 days before it, slots without trades among them", () => {
  const slot = 40 * DAY + 49;
  // The hour of slot 49 of a day is slots 48 to 51.
  const clearings = [
    clearing(slot - DAY, 5n),
    clearing(slot - DAY + 1, 6n),
    clearing(slot - 2 * DAY, 7n),
    clearing(slot - 2 * DAY + 8, 8n),
    clearing(slot - 20 * DAY, 9n),
    clearing(slot, 10n),
  ];
  const prices = pastSlots(clearings, slot, 900).map(({ clearingPricePerKwh }) => clearingPricePerKwh);
  // Thirteen days of four slots, the one of 14 days ago from its own slot on (three), and the slot's own hour before it (one).
  expect(prices).toHaveLength(13 * 4 + 3 + 1);
  expect(prices.filter((price) => price !== null)).toEqual([7n, 5n, 6n]);
});

it("before the first clearing and after the last nothing is said", () => {
  const slot = 40 * DAY + 49;
  expect(pastSlots([], slot, 900)).toEqual([]);
  expect(pastSlots([clearing(slot - DAY, 5n)], slot, 900)).toEqual([{ clearingPricePerKwh: 5n }]);
});

it("a slot gets its part of its hour", () => {
  const series = (value: number) => ({
    lowerWh: new Float64Array([0, value]),
    pointWh: new Float64Array([0, 2 * value]),
    upperWh: new Float64Array([0, 3 * value]),
    degraded: null,
  });
  const forecasts = {
    origin: 7200,
    degraded: null,
    homes: [{ owner: "anna", capacityWatts: 1, load: series(400), pv: series(40) }],
  };
  expect(homesAt(forecasts, 7200 + 3600 + 2700, 900)).toEqual([
    {
      owner: "anna",
      load: { lowerWh: 100, medianWh: 200, upperWh: 300 },
      solar: { lowerWh: 10, medianWh: 20, upperWh: 30 },
    },
  ]);
});

it("bids of wallets without a forecast home count, once they serve the slot", () => {
  const bid = (address: `0x${string}`, bidWh: bigint, bidFromSlot = 0) => ({
    ...{ address, ask: 0n, askFromSlot: 0, bid: 1n, bidWh, bidFromSlot },
  });
  const bids = [bid("0xAa", 100n), bid("0xbb", 20n), bid("0xcc", 3n, 11)];
  expect(bidsOfOthers(bids, [{ owner: "0xaa" }], 10)).toBe(20n);
  expect(bidsOfOthers(bids, [], 11)).toBe(123n);
});

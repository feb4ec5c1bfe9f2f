import type { Lot, SlotMarket, Trade } from "@gridx/indexer/client";
import { describe, expect, it } from "vitest";
import { alignHours, summaryOf } from "../../src/figures/alignment.ts";
import { everyRow } from "../../src/figures/everyRow.ts";
import { myTotals, totalsOf } from "../../src/figures/totals.ts";
import { type AttentionFacts, attentionOf, unpricedEnergyWh } from "../../src/pages/dashboard/attention.ts";

const ME = "0x00000000000000000000000000000000000000AA" as const;
const OTHER = "0x00000000000000000000000000000000000000bb" as const;
const SLOT = 900;
const HOUR = 3600;
const DAY = 86_400;

describe("what needs a wallet's attention", () => {
  const lot = (slot: number, attestedWh: bigint, soldWh = 0n): Lot => ({
    ...{ seller: ME, slot, attestedWh, soldWh, ask: 4_000_000n },
  });
  const calm: AttentionFacts = {
    ...{ wrongChain: false, emergency: null, unpricedWh: 0n, ask: 0n, balance: 0n, slotCost: 0n, lots: [] },
    ...{ now: 1_100 * SLOT, slotDuration: SLOT, tradingWindow: 96 },
  };

  it("is nothing where nothing is wrong", () => {
    expect(attentionOf(calm)).toEqual([]);
    expect(attentionOf({ ...calm, slotCost: 5n, balance: 5n, lots: [lot(1_090, 10n)] })).toEqual([]);
  });

  it("is a bid that the account can't pay in full, by how much", () => {
    expect(attentionOf({ ...calm, slotCost: 7n, balance: 5n })).toEqual([
      { kind: "bidShort", slotCost: 7n, missing: 2n },
    ]);
  });

  it("is energy without a price, but only while there is no ask", () => {
    expect(attentionOf({ ...calm, unpricedWh: 9n })).toEqual([{ kind: "noAsk", energyWh: 9n }]);
    expect(attentionOf({ ...calm, unpricedWh: 9n, ask: 1n })).toEqual([]);
  });

  it("is what is left of lots that end within two hours, and when the first does", () => {
    // Slot 1,003 + 96 + 1 begins now: it is over. 1,004 has one slot left, 1,011 eight, 1,012 nine.
    const lots = [lot(1_003, 1n), lot(1_004, 10n, 4n), lot(1_011, 100n), lot(1_012, 1_000n), lot(1_005, 5n, 5n)];
    expect(attentionOf({ ...calm, lots })).toEqual([{ kind: "expiring", energyWh: 106n, seconds: SLOT }]);
  });

  it("comes with the most urgent first", () => {
    const facts = { ...calm, wrongChain: true, emergency: { leftWh: null }, slotCost: 1n, unpricedWh: 1n };
    expect(attentionOf(facts).map(({ kind }) => kind)).toEqual(["emergency", "wrongChain", "bidShort", "noAsk"]);
  });

  it("counts as unpriced what had no ask when it was attested, got none since, and can still be traded", () => {
    const reading = (slot: number, exportWh: bigint, ask: bigint) => ({ slot, exportWh, ask });
    const readings = [reading(10, 1n, 0n), reading(11, 2n, 0n), reading(12, 4n, 5n), reading(13, 8n, 0n)];
    expect(unpricedEnergyWh(readings, [{ slot: 13 }], 11)).toBe(2n);
  });
});

describe("forecast and metered hours", () => {
  const start = 1_000 * DAY;
  const said = (hour: number, expectedWh: number) => ({
    ...{ start: start + hour * HOUR, expectedWh, lowerWh: expectedWh - 10, upperWh: expectedWh + 10 },
  });
  const metered = (hour: number, wh: number) => ({ start: start + hour * HOUR, wh });
  const sources = {
    ...{ from: start, to: start + 5 * HOUR },
    metered: [metered(0, 100), metered(1, 151)],
    issued: [said(0, 105), said(1, 140), said(3, 1), said(9, 1)],
    ahead: [said(3, 300), said(4, 400)],
  };

  it("lie beside each other hour by hour; what is not known is null, and the newest forecast counts", () => {
    expect(alignHours(sources)).toEqual([
      { start, meteredWh: 100, expectedWh: 105, lowerWh: 95, upperWh: 115 },
      { start: start + HOUR, meteredWh: 151, expectedWh: 140, lowerWh: 130, upperWh: 150 },
      { start: start + 2 * HOUR, meteredWh: null, expectedWh: null, lowerWh: null, upperWh: null },
      { start: start + 3 * HOUR, meteredWh: null, expectedWh: 300, lowerWh: 290, upperWh: 310 },
      { start: start + 4 * HOUR, meteredWh: null, expectedWh: 400, lowerWh: 390, upperWh: 410 },
    ]);
  });

  it("begin with the first whole hour of a day that begins at half past", () => {
    expect(alignHours({ ...sources, from: start + HOUR / 2 })[0]?.start).toBe(start + HOUR);
  });

  it("are summed only where they are known", () => {
    const hours = alignHours(sources);
    expect(summaryOf(hours, start + 3 * HOUR + 60)).toEqual({
      meteredWh: 251,
      expectedWh: 700,
      compared: 2,
      inBand: 1,
    });
    expect(summaryOf(hours, start + 2 * HOUR)).toMatchObject({ expectedWh: null });
    expect(summaryOf(alignHours({ ...sources, metered: [] }), start)).toMatchObject({ meteredWh: null, compared: 0 });
  });
});

describe("totals", () => {
  const part = (volumeWh: bigint, turnover: bigint, low: bigint | null, high: bigint | null): SlotMarket => ({
    ...{
      slot: 1,
      start: 900,
      volumeWh,
      turnover,
      low,
      high,
      fees: 1n,
      trades: 1,
      carbonGrams: 2n,
      averagePerKwh: null,
    },
    ...{ buyers: 1, sellers: 1, clearedWh: 0n, clearedTurnover: 0n, clearingPrice: null },
  });

  it("of slots weigh prices by energy, and know no price where nothing was traded", () => {
    expect(totalsOf([])).toMatchObject({ volumeWh: 0n, averagePerKwh: null, high: null, low: null });
    const parts = [
      part(1_000n, 4_000_000n, 4_000_000n, 4_000_000n),
      part(0n, 0n, null, null),
      part(3_000n, 24_000_001n, 7n, 9n),
    ];
    expect(totalsOf(parts)).toMatchObject({ volumeWh: 4_000n, averagePerKwh: 7_000_000n, low: 7n, high: 4_000_000n });
  });

  it("of a wallet tell what it bought from what it sold, the fee on the buyer", () => {
    const trade = (seller: string, buyer: string, energyWh: bigint) =>
      ({ seller, buyer, energyWh, payment: energyWh * 4n, feePaid: energyWh }) as Trade;
    const trades = [trade(OTHER, ME, 1n), trade(ME, OTHER, 10n), trade(OTHER, OTHER, 100n)];
    expect(myTotals(trades, ME)).toEqual({ boughtWh: 1n, paid: 5n, soldWh: 10n, earned: 40n });
  });

  it("say when there was more than was read", async () => {
    const page = async (cursor = "0") => ({
      items: [Number(cursor)],
      nextCursor: cursor === "3" ? null : `${Number(cursor) + 1}`,
    });
    expect(await everyRow(page, 100)).toEqual({ rows: [0, 1, 2, 3], complete: true });
    expect(await everyRow(page, 2)).toEqual({ rows: [0, 1], complete: false });
  });
});

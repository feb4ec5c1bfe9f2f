import type { Bid } from "@gridx/indexer/client";
import { describe, expect, it } from "vitest";
import { depthOf, pointsOf } from "../../src/pages/market/depth.ts";
import { fillBasket, MOST_LINES, mostOf, sellersOf } from "../../src/pages/market/fill.ts";
import type { ShelfLot } from "../../src/pages/market/shelf.ts";
import { basketFigures } from "../../src/tx/orders/basket.ts";

const [ANN, BEN, ME] = ["0xA1", "0xB2", "0xCC"] as const;
const lot = (seller: `0x${string}`, slot: number, ask: bigint, leftWh: bigint, aboveCap = false): ShelfLot => ({
  ...{ seller, slot, ask, attestedWh: leftWh + 5n, soldWh: 5n, secondsLeft: 600, aboveCap },
});
/** Cheapest first, as the shelf is. */
const shelf = [
  lot(ME, 7, 3_000_000n, 900n),
  lot(ANN, 7, 4_000_000n, 333n),
  lot(ANN, 6, 4_000_001n, 500n),
  lot(BEN, 7, 5_000_000n, 1_000n),
  lot(BEN, 6, 9_000_000n, 1_000n, true),
];

describe("energy, cheapest first", () => {
  it("comes from the cheapest lots of others that are for sale, the last of them in part", () => {
    const { lines, foundWh } = fillBasket(shelf, { energyWh: 1_000n, buyer: ME });
    expect(foundWh).toBe(1_000n);
    expect(lines).toEqual([
      { seller: ANN, slot: 7, energyWh: 333n, ask: 4_000_000n },
      { seller: ANN, slot: 6, energyWh: 500n, ask: 4_000_001n },
      { seller: BEN, slot: 7, energyWh: 167n, ask: 5_000_000n },
    ]);
    // 1.332 + ceil(2.0000005) + 0.835, and 1 % of each, rounded down.
    expect(basketFigures({ lines, feeBps: 100, gramsPerMwh: 711_700 })).toMatchObject({
      ...{ payment: 4_167_001n, fee: 41_670n, total: 4_208_671n, carbonGrams: 236n + 355n + 118n },
      ...{ worstPerKwh: 5_050_000n, averagePerKwh: 4_208_671n, sellers: 2, energyWh: 1_000n },
    });
  });

  it("is what one neighbour has, or what there is", () => {
    expect(fillBasket(shelf, { energyWh: 9_999n, buyer: ME, seller: BEN }).foundWh).toBe(1_000n);
    expect(mostOf(shelf, ME)).toBe(1_833n);
    expect(mostOf(shelf, undefined)).toBe(2_733n);
    expect(sellersOf(shelf, ME)).toEqual([ANN, BEN]);
    const many = Array.from({ length: 50 }, (_, slot) => lot(ANN, slot, 4_000_000n, 10n));
    expect(mostOf(many, ME)).toBe(10n * BigInt(MOST_LINES));
  });
});

describe("the depth of the market", () => {
  const bid = (buyer: `0x${string}`, pricePerKwh: bigint, maxWhPerSlot: bigint, fromSlot: number): Bid => {
    return { buyer, pricePerKwh, maxWhPerSlot, fromSlot };
  };
  const bids = [bid(ME, 5_000_000n, 200n, 7), bid(BEN, 4_040_000n, 300n, 6)];
  const book = { lots: shelf.filter(({ aboveCap }) => !aboveCap), bids, feeBps: 100 };

  it("is what is offered at each price or less, with the fee, and wanted at it or more", () => {
    const points = pointsOf(depthOf({ ...book, slot: null }));
    expect(points).toEqual([
      { pricePerKwh: 3_030_000n, offeredWh: 900n, wantedWh: 500n },
      { pricePerKwh: 4_040_000n, offeredWh: 1_233n, wantedWh: 500n },
      { pricePerKwh: 4_040_002n, offeredWh: 1_733n, wantedWh: 200n },
      { pricePerKwh: 5_000_000n, offeredWh: 1_733n, wantedWh: 200n },
      { pricePerKwh: 5_050_000n, offeredWh: 2_733n, wantedWh: 0n },
    ]);
  });

  it("of one slot has its lots, and the bids that were set in it or before", () => {
    const { asks, bids: wanted } = depthOf({ ...book, slot: 6 });
    expect(asks.map(({ who, energyWh }) => [who, energyWh])).toEqual([[ANN, 500n]]);
    expect(wanted.map(({ who, sumWh }) => [who, sumWh])).toEqual([[BEN, 300n]]);
    expect(pointsOf(depthOf({ ...book, lots: [], bids: [], slot: null }))).toEqual([]);
  });
});

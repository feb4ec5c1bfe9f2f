// What asks and bids that stand would serve of one more, against the operator's clearing with that one in it.
import { priceWithFee } from "@gridx/contracts";
import { solve } from "@gridx/operator/clear/solve";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { askShare, type Book, bidShare, depthAt, nearest } from "../../src/price/book.ts";
import { bookOf } from "../../src/price/source.ts";
import { priceSlot } from "../../src/price/suggest.ts";

const FEE = 100n;
const ME = `0x${"f".repeat(40)}` as const;
const addressOf = (index: number) => `0x${(index + 1).toString(16).padStart(40, "0")}` as const;
const price = fc.integer({ min: 30, max: 36 }).map((tenths) => BigInt(tenths) * 100_000n);
const SURPLUS = 12_000n;
const DEFICIT = 6_000n;

describe("one more order", () => {
  const asked = fc.array(fc.record({ pricePerKwh: price, energyWh: fc.integer({ min: 1, max: 2000 }) }), {
    maxLength: 6,
  });
  const bid = fc.array(fc.record({ pricePerKwh: price, energyWh: fc.integer({ min: 1, max: 4000 }) }), {
    maxLength: 6,
  });
  it("is served as the clearing serves it, to the Wh", () => {
    let [parts, wholes] = [0, 0];
    fc.assert(
      fc.property(asked, bid, price, fc.boolean(), (asked, wanted, at, sells) => {
        const book: Book = {
          asks: asked.map(({ pricePerKwh, energyWh }) => ({ pricePerKwh, share: energyWh / Number(SURPLUS) })),
          bids: wanted.map(({ pricePerKwh, energyWh }) => ({ pricePerKwh, energyWh: BigInt(energyWh) })),
          ...{ sellers: 8, homes: 6 },
        };
        const asks = asked.map(({ pricePerKwh, energyWh }, index) => ({
          ...{ seller: addressOf(index), energyWh: BigInt(energyWh), pricePerKwh },
        }));
        const bids = wanted.map(({ pricePerKwh, energyWh }, index) => ({
          ...{ buyer: addressOf(100 + index), energyWh: BigInt(energyWh), limitPerKwh: priceWithFee(pricePerKwh, FEE) },
        }));
        // A home's usual surplus is an eighth of all, its usual deficit a sixth.
        const mine = sells ? SURPLUS / 8n : DEFICIT / 6n;
        if (sells) asks.push({ seller: ME, energyWh: mine, pricePerKwh: at });
        else bids.push({ buyer: ME, energyWh: mine, limitPerKwh: priceWithFee(at, FEE) });
        const { asks: sold, bids: bought } = solve({ asks, bids, feeBps: FEE });
        const given = [...sold, ...bought].find(({ participant }) => participant === ME)?.energyWh ?? 0n;
        const share = (sells ? askShare : bidShare)(depthAt(book, at), { surplusWh: SURPLUS, deficitWh: DEFICIT });
        if (share > 0 && share < 1) parts += 1;
        if (share === 1) wholes += 1;
        expect(Math.abs(Number(given) - share * Number(mine))).toBeLessThanOrEqual(1);
      }),
      { seed: 1, numRuns: 400 },
    );
    expect(Math.min(parts, wholes)).toBeGreaterThan(20);
  });
});

describe("the price that meets what stands", () => {
  const exactly = (wh: number) => ({ lowerWh: wh, medianWh: wh, upperWh: wh });
  const tariff = { retailPerKwh: 8_080_000n, feedInPerKwh: 3_000_000n, feeBps: FEE };
  // 5 kWh left over and 1 lacking: by the ratio the price is the feed-in tariff.
  const homes = [1, 2, 3, 4, 5].map((home) => ({
    ...{ owner: `${home}`, load: exactly(home === 1 ? 1000 : 0), solar: exactly(home === 1 ? 0 : 1250) },
  }));
  const suggested = (book: Book | null) => {
    const slot = priceSlot({ tariff, homes, bidsWh: 0n, past: [], book });
    if (!slot) throw new Error("there is a price");
    return slot;
  };
  const fourAsk = (pricePerKwh: bigint): Book["asks"] => [1, 2, 3, 4].map(() => ({ pricePerKwh, share: 0.25 }));
  const shape = { sellers: 4, homes: 5 };

  it("is theirs for a bid where nobody sells at the forecast's", () => {
    const { bid } = suggested({ asks: fourAsk(4_750_000n), bids: [], ...shape });
    expect(bid).toMatchObject({
      ...{ pricePerKwh: 4_797_500n, expectedShare: 1, shareBasis: "standing_orders", priceBasis: "standing_orders" },
      chance: { probability: 1 },
    });
    expect(bid.reason).toContain("the asks that stand are higher than that");
    // Without knowing them it is the feed-in tariff with the fee.
    expect(suggested(null).bid).toMatchObject({
      ...{ pricePerKwh: 3_030_000n, expectedShare: 1, shareBasis: "all_follow", priceBasis: "forecast" },
    });
  });

  it("never is above the retail price: then hardly any of it is expected to be served", () => {
    const { bid } = suggested({ asks: fourAsk(8_100_000n), bids: [], ...shape });
    expect(bid).toMatchObject({ pricePerKwh: 3_030_000n, expectedShare: 0, priceBasis: "forecast" });
  });

  it("stays the forecast's for a bid that asks below it will meet", () => {
    const { bid } = suggested({ asks: fourAsk(2_500_000n), bids: [], ...shape });
    expect(bid).toMatchObject({ pricePerKwh: 3_030_000n, expectedShare: 1, priceBasis: "forecast" });
  });

  it("is theirs for an ask that no bid reaches, and never below the feed-in tariff", () => {
    const scarce = homes.map((home) => ({ ...home, load: exactly(2000) }));
    const askOf = (...bids: Book["bids"]) =>
      priceSlot({ tariff, homes: scarce, bidsWh: 0n, past: [], book: { asks: [], bids, ...shape } })?.ask;
    expect(askOf({ pricePerKwh: 8_000_000n, energyWh: 5000n })?.priceBasis).toBe("forecast");
    const low = askOf({ pricePerKwh: 3_500_000n, energyWh: 5000n }, { pricePerKwh: 2_000_000n, energyWh: 5000n });
    expect(low).toMatchObject({ pricePerKwh: 3_500_000n, priceBasis: "standing_orders" });
    expect(askOf({ pricePerKwh: 2_000_000n, energyWh: 5000n })).toMatchObject({ expectedShare: 0 });
  });

  it("is the nearest that serves about as much as any", () => {
    const shares = new Map([
      [1n, 0],
      [2n, 0.5],
      [3n, 0.96],
      [4n, 1],
    ]);
    const shareAt = (at: bigint) => shares.get(at) ?? 0;
    expect(nearest(1n, [2n, 3n, 4n], shareAt)).toEqual({ price: 3n, isMoved: true });
    expect(nearest(4n, [3n], shareAt)).toEqual({ price: 4n, isMoved: false });
    expect(nearest(1n, [], shareAt)).toEqual({ price: 1n, isMoved: false });
  });
});

it("the book has who asks and bids in a slot, a seller's part by the panels of its homes", () => {
  const user = (address: `0x${string}`, ask: bigint, bid: bigint, from = 0) => ({
    ...{ address, ask, askFromSlot: from, bid, bidWh: 700n, bidFromSlot: from },
  });
  const home = (owner: string, capacityWatts: number) => ({ owner, capacityWatts });
  const homes = [home("0xaa", 1000), home("0xaa", 2000), home("0xbb", 1000), home("0xcc", 0)];
  const orders = [
    user("0xAa", 5_000_000n, 0n),
    user("0xBb", 4_000_000n, 0n, 11),
    user("0xCc", 3_000_000n, 6_060_000n),
    user("0xDd", 1_000_000n, 0n),
  ];
  expect(bookOf(orders, homes, 10, FEE)).toEqual({
    asks: [{ pricePerKwh: 5_000_000n, share: 0.75 }],
    bids: [{ pricePerKwh: 6_000_000n, energyWh: 700n }],
    ...{ sellers: 3, homes: 4 },
  });
  expect(bookOf(orders, homes, 11, FEE).asks).toHaveLength(2);
});

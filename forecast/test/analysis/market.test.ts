import type { IndexerClient } from "@gridx/indexer/client";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyseMarket, type MarketFacts } from "../../src/analysis/market.ts";
import { concentration, type TradeFacts, theilSenSlope, usedLocallyWh } from "../../src/analysis/measures.ts";
import { readOfferedWh, readTrades, TooMuchError } from "../../src/analysis/read-market.ts";

const trade = (given: Partial<TradeFacts>): TradeFacts => ({
  seller: "anna",
  buyer: "bela",
  slot: 0,
  energyWh: 1000n,
  pricePerKwh: 5_000_000n,
  payment: 5_000_000n,
  feePaid: 50_000n,
  carbonGrams: 711n,
  ...given,
});
const DAY = 86_400;
const facts = (given: Partial<MarketFacts>): MarketFacts => ({
  window: { from: 0, to: 7 * DAY },
  slotDuration: 3600,
  trades: [],
  offeredWh: null,
  energy: [],
  grid: null,
  ...given,
});

describe("an analysis", () => {
  it("by hand", () => {
    const trades = [
      trade({}),
      trade({
        slot: 24,
        seller: "cleo",
        energyWh: 3000n,
        pricePerKwh: 6_000_000n,
        payment: 18_000_000n,
        feePaid: 180_000n,
        carbonGrams: 2135n,
      }),
      trade({ slot: 48, buyer: "dora", pricePerKwh: 7_000_000n, payment: 7_000_000n, feePaid: 70_000n }),
    ];
    const energy = [
      { startsAt: 0, lengthSeconds: 3600, productionWh: 4000n, consumptionWh: 1000n },
      { startsAt: 3600, lengthSeconds: 3600, productionWh: 0n, consumptionWh: 3000n },
      { startsAt: 7200, lengthSeconds: 900, productionWh: 500n, consumptionWh: 1000n },
    ];
    const grid = { retailPerKwh: 8_000_000n, feedInPerKwh: 3_000_000n };
    expect(analyseMarket(facts({ trades, energy, grid, offeredWh: 8000n }))).toEqual({
      window: { from: 0, to: 7 * DAY },
      trades: 3,
      volumeWh: 5000n,
      vwapPerKwh: 6_000_000n,
      lowestPerKwh: 5_000_000n,
      highestPerKwh: 7_000_000n,
      trendPerKwhPerDay: 1_000_000n,
      offeredWh: 8000n,
      soldShare: 0.625,
      sellers: 2,
      buyers: 2,
      // Shares of 40 and 60 %, and of 80 and 20 %.
      sellerConcentrationHhi: 5200,
      buyerConcentrationHhi: 6800,
      producedWh: 4500n,
      consumedWh: 5000n,
      // 1000 + 0 + 500 of the community's own.
      selfSufficiency: 0.3,
      selfConsumption: 0.3333,
      meteredHours: 2.25,
      buyersSaved: 40_000_000n - 30_000_000n - 300_000n,
      sellersGained: 30_000_000n - 15_000_000n,
      feesPaid: 300_000n,
      avoidedCarbonGrams: 3557n,
      peakDemandWatts: 4000n,
      peakDemandAt: 7200,
      peakImportWatts: 3000n,
      peakImportAt: 3600,
    });
  });

  it("of nothing says null where there is nothing to measure", () => {
    expect(analyseMarket(facts({}))).toMatchObject({
      volumeWh: 0n,
      vwapPerKwh: null,
      trendPerKwhPerDay: null,
      soldShare: null,
      sellerConcentrationHhi: null,
      selfSufficiency: null,
      selfConsumption: null,
      buyersSaved: null,
      peakImportWatts: null,
    });
    const night = [{ startsAt: 0, lengthSeconds: 3600, productionWh: 0n, consumptionWh: 10n }];
    expect(analyseMarket(facts({ energy: night }))).toMatchObject({ selfSufficiency: 0, selfConsumption: null });
  });

  it("counts as used locally what homes used of their own and what neighbours could pass on", () => {
    const homes = fc.array(fc.tuple(fc.nat(5000), fc.nat(5000)), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(homes, (list) => {
        const sum = (of: (home: [number, number]) => number) => list.reduce((total, home) => total + of(home), 0);
        const own = sum(([p, c]) => Math.min(p, c));
        const passed = Math.min(
          sum(([p, c]) => Math.max(0, p - c)),
          sum(([p, c]) => Math.max(0, c - p)),
        );
        const all = {
          startsAt: 0,
          lengthSeconds: 3600,
          productionWh: BigInt(sum(([p]) => p)),
          consumptionWh: BigInt(sum(([, c]) => c)),
        };
        expect(usedLocallyWh([all])).toBe(BigInt(own + passed));
      }),
      { seed: 1 },
    );
  });

  it("concentration is 10,000 for one alone and 10,000 / n for n alike", () => {
    expect(concentration([trade({})], "seller")).toBe(10_000);
    const alike = ["a", "b", "c", "d"].map((seller) => trade({ seller }));
    expect(concentration(alike, "seller")).toBe(2500);
  });

  it("a trend does not follow one odd day, and needs three", () => {
    expect(
      theilSenSlope([
        [0, 10],
        [1, 12],
        [2, 14],
        [3, 500],
        [4, 18],
      ]),
    ).toBeCloseTo(2, 9);
    expect(
      theilSenSlope([
        [0, 10],
        [1, 12],
      ]),
    ).toBeNull();
  });
});

describe("reading from the indexer", () => {
  const address = (index: number) => `0x${index.toString(16).padStart(40, "0")}` as const;
  /** Serves rows in pages of two, as the indexer's lists do. */
  const paged = <T>(rows: T[], cursor?: string) => {
    const start = Number(cursor ?? 0);
    const next = start + 2;
    return Promise.resolve({ items: rows.slice(start, next), nextCursor: next < rows.length ? String(next) : null });
  };
  const indexer = (
    trades: TradeFacts[],
    productions: Record<string, { slot: number; exportWh: bigint; ask: bigint }[]>,
  ) => {
    const asked: unknown[] = [];
    const source = {
      trades: (query: { cursor?: string }) => {
        asked.push(query);
        return paged(trades, query.cursor);
      },
      houses: ({ cursor }: { cursor?: string }) =>
        paged(
          Object.keys(productions).map((house) => ({ house })),
          cursor,
        ),
      production: (house: string, { cursor }: { cursor?: string }) =>
        paged(
          (productions[house] ?? []).map((row) => ({ ...row, seller: house })),
          cursor,
        ),
    };
    return { asked, source: source as unknown as IndexerClient };
  };
  const window = { from: 10 * 3600, to: 20 * 3600 };

  it("keeps trades of the window's slots, whenever made until lots expire, over all pages", async () => {
    const slots = [25, 19, 12, 10, 9];
    const { source, asked } = indexer(
      slots.map((slot) => trade({ slot })),
      {},
    );
    const rules = { slotDuration: 3600, tradingWindow: 96 };
    expect((await readTrades(source, window, rules)).map(({ slot }) => slot)).toEqual([19, 12, 10]);
    expect(asked[0]).toMatchObject({ from: 36_000, to: 20 * 3600 + 97 * 3600, limit: 200 });
    expect(asked).toHaveLength(3);
  });

  it("adds up what had an ask or was sold, stops at the window's beginning, and gives up on too much", async () => {
    const row = (slot: number, exportWh: bigint, ask = 1n) => ({ slot, exportWh, ask });
    const [first, second] = [address(1), address(2)];
    const { source } = indexer([], {
      [first]: [row(21, 1n), row(19, 10n), row(15, 100n, 0n), row(12, 1000n, 0n), row(9, 7n), row(8, 7n)],
      [second]: [row(11, 10_000n)],
      [address(3)]: [],
    });
    expect(await readOfferedWh(source, window, 3600, [trade({ seller: first, slot: 12 })])).toBe(11_010n);
    const endless = {
      ...source,
      trades: () => Promise.resolve({ items: Array(200).fill(trade({})), nextCursor: "x" }),
    };
    await expect(
      readTrades(endless as unknown as IndexerClient, window, { slotDuration: 3600, tradingWindow: 1 }),
    ).rejects.toThrow(TooMuchError);
  });
});

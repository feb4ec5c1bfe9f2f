import { describe, expect, it } from "vitest";
import { type HomeForecast, quantileFunction, scenariosOf } from "../../src/price/scenarios.ts";
import { priceSlot as priceOf, type SlotQuestion } from "../../src/price/suggest.ts";

const priceSlot = (question: Omit<SlotQuestion, "bidsWh">) => priceOf({ bidsWh: 0n, ...question });
const exactly = (wh: number) => ({ lowerWh: wh, medianWh: wh, upperWh: wh });
const homes = (...list: [load: number, solar: number][]) =>
  list.map(
    ([load, solar], home): HomeForecast => ({ owner: `owner ${home}`, load: exactly(load), solar: exactly(solar) }),
  );
const tariff = { retailPerKwh: 8_080_000n, feedInPerKwh: 2_000_000n, feeBps: 100n };
const past = (...prices: (bigint | null)[]) => prices.map((clearingPricePerKwh) => ({ clearingPricePerKwh }));

describe("outcomes", () => {
  it("have the quantiles of a single home's forecast", () => {
    const load = { lowerWh: 100, medianWh: 400, upperWh: 1000 };
    const deficits = scenariosOf([{ owner: "a", load, solar: exactly(0) }])
      .map(({ deficitWh }) => Number(deficitWh))
      .sort((a, b) => a - b);
    const share = (limit: number) => deficits.filter((wh) => wh <= limit).length / deficits.length;
    expect([share(100), share(400), share(1000)]).toEqual([0.1, 0.5, 0.9]);
    expect(quantileFunction({ lowerWh: 1000, medianWh: 100, upperWh: 400 })(0.5)).toBe(400);
  });

  it("let the sun be high for all homes at once, and each home's load go its own way", () => {
    const wide = { lowerWh: 0, medianWh: 500, upperWh: 1000 };
    const spread = (of: Omit<HomeForecast, "owner">) => {
      const nets = scenariosOf(Array.from({ length: 25 }, () => ({ owner: "a", ...of }))).map((s) =>
        Number(s.surplusWh - s.deficitWh),
      );
      const mean = nets.reduce((a, b) => a + b) / nets.length;
      return Math.sqrt(nets.reduce((a, b) => a + (b - mean) ** 2, 0) / nets.length);
    };
    // Errors of one sun add up, 25 times; errors of 25 homes of their own grow with the root, 5 times.
    expect(spread({ load: exactly(500), solar: wide }) / spread({ load: wide, solar: exactly(500) })).toBeCloseTo(5, 0);
  });

  it("are the same for the same forecasts", () => {
    const some = homes([500, 0], [100, 900]);
    expect(scenariosOf(some)).toEqual(scenariosOf(some));
  });
});

describe("a suggestion", () => {
  it("by hand: 1 kWh left over, 2 kWh lacking, all certain", () => {
    const slot = priceSlot({ tariff, homes: homes([0, 1000], [500, 0], [500, 0], [500, 0], [500, 0]), past: [] });
    expect(slot).toMatchObject({
      supplyDemandPerKwh: { lower: 3_200_000n, median: 3_200_000n, upper: 3_200_000n },
      midMarketPerKwh: 5_000_000n,
      ratioPermille: { median: 500n },
      ask: { pricePerKwh: 3_200_000n, chance: { probability: 1, basis: "forecast" }, expectedShare: 1 },
      bid: { pricePerKwh: 3_232_000n, chance: { probability: 0, basis: "forecast" }, expectedShare: 0.5 },
      degraded: null,
    });
    expect(slot?.ask.reason).toContain("surplus 50 % of deficit");
  });

  it("counts standing bids of who has no meter as lacking: 1 kWh left over, 2 lacking and 2 bid for", () => {
    const five = homes([0, 1000], [500, 0], [500, 0], [500, 0], [500, 0]);
    const slot = priceOf({ tariff, homes: five, bidsWh: 2000n, past: [] });
    // 2 · 8 / (6 · 0.25 + 2)
    expect(slot).toMatchObject({ ratioPermille: { median: 250n }, supplyDemandPerKwh: { median: 4_571_428n } });
  });

  it("at night: the grid's price less the fee for a seller, the retail price for a buyer, who will hardly find anything", () => {
    const slot = priceSlot({ tariff, homes: homes([500, 0], [500, 0], [500, 0], [500, 0], [500, 0]), past: [] });
    expect(slot).toMatchObject({
      ask: { pricePerKwh: 8_000_000n },
      bid: { pricePerKwh: 8_080_000n, chance: { probability: 0 }, expectedShare: 0 },
    });
  });

  it("at noon, when all have more than they need: the feed-in tariff, and a seller sells part of it, never all", () => {
    const slot = priceSlot({ tariff, homes: homes([0, 900], [0, 900], [0, 900], [0, 900], [900, 0]), past: [] });
    expect(slot).toMatchObject({
      ask: { pricePerKwh: 2_000_000n, chance: { probability: 0 }, expectedShare: 0.25 },
      bid: { chance: { probability: 1 }, expectedShare: 1 },
    });
  });

  it("asks low and bids high within what the forecast leaves open", () => {
    const wide = { lowerWh: 100, medianWh: 500, upperWh: 900 };
    const five = Array.from({ length: 5 }, (_, index) => ({
      owner: `${index}`,
      load: exactly(500),
      solar: index < 3 ? wide : exactly(0),
    }));
    const slot = priceSlot({ tariff, homes: five, past: [] });
    expect(slot?.ask.pricePerKwh).toBeLessThan(slot?.supplyDemandPerKwh?.median ?? 0n);
    expect(slot?.bid.pricePerKwh).toBeGreaterThan(slot?.supplyDemandPerKwh?.median ?? 0n);
  });

  it("measures its chance on at least 20 past slots; one without trades counts against it", () => {
    const five = homes([0, 1000], [500, 0], [500, 0], [500, 0], [500, 0]);
    const prices = [...Array(12).fill(4_000_000n), ...Array(4).fill(3_000_000n), ...Array(4).fill(null)];
    const measured = priceSlot({ tariff, homes: five, past: past(...prices) });
    expect(measured?.ask.chance).toEqual({ probability: 0.6, basis: "past_clearings", slots: 20 });
    expect(measured?.bid.chance).toEqual({ probability: 0.2, basis: "past_clearings", slots: 20 });
    expect(priceSlot({ tariff, homes: five, past: past(...prices.slice(1)) })?.ask.chance?.basis).toBe("forecast");
    expect(priceSlot({ tariff, homes: null, past: past(...prices.slice(1)) })?.ask.chance).toBeNull();
  });

  it.each([
    ["no forecast", null, tariff, "no forecast of the homes", "no_forecast", null],
    ["four homes", homes([0, 1], [1, 0], [1, 0], [1, 0]), tariff, "fewer than 5 owners", "too_few_owners", 5],
    [
      "one owner of five",
      homes([0, 1], [1, 0], [1, 0], [1, 0], [1, 0]).map((h) => ({ ...h, owner: "a" })),
      tariff,
      "fewer than 5 owners",
      "too_few_owners",
      5,
    ],
    [
      "no feed-in tariff",
      homes([0, 1], [1, 0], [1, 0], [1, 0], [1, 0]),
      { ...tariff, feedInPerKwh: 0n },
      "feed-in tariff is 0",
      "no_feed_in_tariff",
      null,
    ],
  ])("with %s: the middle, saying why in words and by a code", (_, given, tariff, said, code, fewestOwners) => {
    const why = { code, ratio: null, fewestOwners };
    const slot = priceSlot({ tariff, homes: given, past: [] });
    expect(slot).toMatchObject({
      supplyDemandPerKwh: null,
      ratioPermille: null,
      degraded: { reason: expect.stringContaining(said), why },
    });
    expect(slot?.ask).toEqual({
      pricePerKwh: slot?.midMarketPerKwh,
      reason: expect.stringContaining(said),
      why,
      chance: null,
      expectedShare: null,
      shareBasis: null,
      priceBasis: "middle",
    });
  });

  it.each([
    ["surplus_covers_deficit", homes([0, 900], [0, 900], [300, 0], [0, 0], [0, 0]), 6000n],
    ["surplus_covers_half", homes([0, 600], [500, 0], [500, 0], [0, 0], [0, 0]), 600n],
    ["surplus_covers_less", homes([0, 300], [500, 0], [500, 0], [0, 0], [0, 0]), 300n],
    ["surplus_covers_deficit", homes([0, 600], [0, 600], [0, 0], [0, 0], [0, 0]), null],
  ])("says %s by a code and the ratio", (code, given, ratio) => {
    const slot = priceSlot({ tariff, homes: given, past: [] });
    const why = { code, ratio: { lower: ratio, median: ratio, upper: ratio }, fewestOwners: null };
    expect([slot?.ask.why, slot?.bid.why]).toEqual([why, why]);
  });

  it("is the middle where there is nothing to trade, which is no lack", () => {
    const slot = priceSlot({ tariff, homes: homes([1, 1], [1, 1], [1, 1], [1, 1], [1, 1]), past: [] });
    expect(slot).toMatchObject({ degraded: null, ask: { why: { code: "nothing_to_trade" }, expectedShare: null } });
  });

  it("is none where the fee leaves nothing to gain", () => {
    expect(priceSlot({ tariff: { ...tariff, feedInPerKwh: 8_050_000n }, homes: null, past: [] })).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import { AnswerCache } from "../../src/http/answer-cache.ts";
import { priceRoutes, priceSchema } from "../../src/price/routes.ts";
import type { SlotQuestion } from "../../src/price/suggest.ts";
import { mounted } from "../support/mounted.ts";

const exactly = (wh: number) => ({ lowerWh: wh, medianWh: wh, upperWh: wh });
const homes = [1000, 0, 0, 0, 0].map((solar, home) => ({
  owner: `${home}`,
  load: exactly(solar > 0 ? 0 : 500),
  solar: exactly(solar),
}));
const tariff = { retailPerKwh: 8_080_000n, feedInPerKwh: 2_000_000n, feeBps: 100n };

function service(question: SlotQuestion | null, currentSlot = async () => 1000) {
  let asked = 0;
  const routes = priceRoutes({
    tiered: { base: 5_000_000n, lowStep: -500_000n, highStep: 500_000n, lowBelowKwh: 2, highAboveKwh: 4 },
    token: { symbol: "INRD", decimals: 6 },
    source: {
      slotDuration: 900,
      slotsAhead: 96,
      currentSlot,
      question: async () => {
        asked += 1;
        return question;
      },
    },
    cache: new AnswerCache(),
    cacheMilliseconds: 60_000,
  });
  return { ...mounted(routes), asked: () => asked };
}

describe("the price of a slot", () => {
  it("is the tiered one for a demand, beside what the market suggests", async () => {
    const { post } = service({ tariff, homes, bidsWh: 0n, past: [] });
    const { status, data } = await post("/price", { demandKwh: 1.5 });
    expect(status).toBe(200);
    expect(priceSchema.safeParse(data).error).toBeUndefined();
    expect(data).toMatchObject({
      model: "tiered",
      pricePerKwh: "4.50",
      currency: "INRD",
      slot: 1001,
      startsAt: new Date(1001 * 900_000).toISOString(),
      demandKwh: 1.5,
      tier: "low",
      base: "5.00",
      step: "-0.50",
      rule: "demand below 2 kWh: base 5.00 less 0.50",
      market: {
        lowestPerKwh: "2.00",
        highestPerKwh: "8.00",
        midMarketPerKwh: "5.00",
        supplyDemandPerKwh: { lower: "3.20", median: "3.20", upper: "3.20" },
        supplyDemandRatio: { median: 0.5 },
        ask: {
          pricePerKwh: "3.20",
          pricePerKwhBaseUnits: "3200000",
          why: { code: "surplus_covers_half", ratio: { lower: 0.5, median: 0.5, upper: 0.5 }, fewestOwners: null },
          chance: { probability: 1 },
          expectedShare: 1,
        },
        bid: { pricePerKwh: "3.232", expectedShare: 0.5 },
      },
      degraded: false,
      reason: null,
      why: null,
    });
  });

  it.each([
    ["with a forecast", { tariff, homes, bidsWh: 0n, past: [] }, "supply_demand", "3.20", null, null],
    [
      "without a forecast",
      { tariff, homes: null, bidsWh: 0n, past: [] },
      "mid_market",
      "5.00",
      "no forecast of the homes",
      "no_forecast",
    ],
    [
      "without the grid's prices",
      null,
      "tiered",
      "5.00",
      "no retail price and feed-in tariff are configured",
      "no_grid_prices",
    ],
    [
      "where the fee takes all",
      { tariff: { ...tariff, feedInPerKwh: 8_080_000n }, homes, bidsWh: 0n, past: [] },
      "tiered",
      "5.00",
      "the fee is more than",
      "fee_too_high",
    ],
  ])("without a demand, %s", async (_, question, model, pricePerKwh, reason, code) => {
    const { data } = await service(question).post("/price", {});
    expect(data).toMatchObject({
      model,
      pricePerKwh,
      demandKwh: null,
      tier: null,
      base: "5.00",
      degraded: reason !== null,
    });
    expect(data?.reason).toEqual(reason === null ? null : expect.stringContaining(reason));
    expect(data?.why).toEqual(code && { code, ratio: null, fewestOwners: null });
    expect(priceSchema.safeParse(data).error).toBeUndefined();
  });

  it("is that of the slot that a POST names, the same as by GET", async () => {
    const { post, get, asked } = service({ tariff, homes, bidsWh: 0n, past: [] });
    const { status, data } = await post("/price", { slot: 1050 });
    expect(status).toBe(200);
    expect(priceSchema.safeParse(data).error).toBeUndefined();
    expect(data).toMatchObject({
      slot: 1050,
      startsAt: new Date(1050 * 900_000).toISOString(),
      model: "supply_demand",
      pricePerKwh: "3.20",
      demandKwh: null,
    });
    expect([(await get("/price?slot=1050")).data, asked()]).toEqual([data, 1]);
    expect(await post("/price", { slot: 1097 })).toMatchObject({
      status: 400,
      message: "slot: expected one from 1000, the present one, to 1096",
    });
    expect(await post("/price", { slot: "1050" })).toMatchObject({
      status: 400,
      message: /^slot: expected the number/,
    });
  });

  it("says so where simple forecasts stand in", async () => {
    const reason = "the best models are not trained yet: forecasts by simple ones stand in";
    const { data } = await service({ tariff, homes, homesDegraded: reason, bidsWh: 0n, past: [] }).post("/price", {});
    expect(data).toMatchObject({ model: "supply_demand", pricePerKwh: "3.20", degraded: true, reason });
    expect(data?.why).toMatchObject({ code: "simple_forecasts" });
  });

  it("is found once for all who ask for the same, and is not sent again to who has it", async () => {
    const { get, asked } = service({ tariff, homes, bidsWh: 0n, past: [] });
    const [first, second] = await Promise.all([
      get("/price?demandKwh=3&slot=1050"),
      get("/price?demandKwh=3&slot=1050"),
    ]);
    expect([first.status, second.status, asked()]).toEqual([200, 200, 1]);
    expect(first.data).toMatchObject({ slot: 1050, pricePerKwh: "5.00" });
    expect(first.headers.get("cache-control")).toMatch(/^public, max-age=(59|60)$/);
    const again = await get("/price?demandKwh=3&slot=1050", { "if-none-match": first.headers.get("etag") ?? "" });
    expect([again.status, asked()]).toEqual([304, 1]);
  });

  it("is the tiered one alone where the chain can't be asked, and not kept; without a demand there is none", async () => {
    const broken = service({ tariff, homes, bidsWh: 0n, past: [] }, () => Promise.reject(new Error("no RPC")));
    const { data, headers } = await broken.get("/price?demandKwh=5");
    expect(data).toMatchObject({
      pricePerKwh: "5.50",
      slot: null,
      market: null,
      degraded: true,
      reason: "the chain can't be asked now",
      why: { code: "chain_unreachable" },
    });
    expect(priceSchema.safeParse(data).error).toBeUndefined();
    expect(headers.get("cache-control")).toBe("public, max-age=0");
    await expect(broken.get("/price")).rejects.toThrow("no RPC");
    await expect(broken.get("/price?demandKwh=5&slot=7")).rejects.toThrow("no RPC");
  });

  it.each([
    ["/price?slot=999", "slot: expected one from 1000, the present one, to 1096"],
    ["/price?slot=1097", "slot: expected one from 1000, the present one, to 1096"],
    ["/price?slot=1.5", "slot: expected the number of a slot"],
    ["/price?demandKwh=-1", "demandKwh: expected a number"],
    ["/price?demandKwh=1000001", "demandKwh: expected a number of kWh from 0 to 1000000"],
  ])("refuses %s, naming the limit", async (path, message) => {
    expect(await service(null).get(path)).toMatchObject({ status: 400, message });
  });
});

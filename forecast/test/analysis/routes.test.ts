import type { IndexerClient } from "@gridx/indexer/client";
import { describe, expect, it } from "vitest";
import type { Window } from "../../src/analysis/market.ts";
import { analysisRoutes, marketAnalysisSchema } from "../../src/analysis/routes.ts";
import { AnswerCache } from "../../src/http/answer-cache.ts";
import { mounted } from "../support/mounted.ts";

const DAY = 86_400;
const NOW = 100 * DAY + 1234;
const windows: Window[] = [];
const nothing = async () => ({ items: [], nextCursor: null });
const trade = {
  seller: "a",
  buyer: "b",
  slot: NOW / 900 - 10,
  energyWh: 2000n,
  pricePerKwh: 5n * 10n ** 6n,
  payment: 10n ** 7n,
  feePaid: 10n ** 5n,
  carbonGrams: 1423n,
};
const source = (trades: unknown[]) =>
  ({
    market: async () => ({ blockTimestamp: NOW, slotDuration: 900, tradingWindow: 96 }),
    trades: async () => ({ items: trades, nextCursor: trades.length === 200 ? "more" : null }),
    houses: nothing,
    production: nothing,
  }) as unknown as IndexerClient;
const service = (trades: unknown[] = [{ ...trade, slot: Math.floor(trade.slot) }]) =>
  mounted(
    analysisRoutes({
      indexer: source(trades),
      energy: async (window) => {
        windows.push(window);
        return [{ startsAt: NOW - 7200, lengthSeconds: 3600, productionWh: 500n, consumptionWh: 2000n }];
      },
      grid: { retailPerKwh: 8_000_000n, feedInPerKwh: 3_000_000n },
      cache: new AnswerCache(),
      cacheMilliseconds: 600_000,
    }),
  );

describe("the market's analysis", () => {
  it("covers a week up to the newest block, kept for ten minutes", async () => {
    const { get } = service();
    const { status, data, headers } = await get("/market-analysis");
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toMatch(/^public, max-age=(599|600)$/);
    expect(marketAnalysisSchema.safeParse(data).error).toBeUndefined();
    expect(data).toMatchObject({
      window: { from: new Date((NOW - 7 * DAY) * 1000).toISOString(), to: new Date(NOW * 1000).toISOString() },
      volumeWh: "2000",
      vwapPerKwh: "5000000",
      offeredWh: "0",
      soldShare: null,
      buyersSaved: "5900000",
      sellersGained: "4000000",
      selfSufficiency: 0.25,
      peakImportWatts: "1500",
      peakImportAt: new Date((NOW - 7200) * 1000).toISOString(),
    });
    await get("/market-analysis?days=7");
    expect(windows).toHaveLength(1);
  });

  it("ends where it is asked to", async () => {
    await service().get("/market-analysis?days=2&to=1970-03-01T00:00:00%2B01:00");
    expect(windows.at(-1)).toEqual({ from: 57 * DAY - 3600, to: 59 * DAY - 3600 });
  });

  it("makes and keeps one answer for moments of one quarter of an hour, and the newest one for those to come", async () => {
    const { get } = service();
    const newest = await get("/market-analysis");
    const at = (seconds: number) => get(`/market-analysis?to=${new Date(seconds * 1000).toISOString()}`);
    expect((await at(NOW + 5 * DAY)).headers.get("etag")).toBe(newest.headers.get("etag"));
    const made = windows.length;
    const [first, second] = [await at(90 * DAY + 0.001), await at(90 * DAY + 899)];
    expect(first.data?.window).toMatchObject({ to: new Date(90 * DAY * 1000).toISOString() });
    expect([second.data, windows.length]).toEqual([first.data, made + 1]);
    expect(await at(NOW - 366 * DAY)).toMatchObject({
      status: 400,
      message: /^to: expected a time within the last 366/,
    });
  });

  it.each([
    ["days=0", "days: expected a whole number of days from 1 to 31"],
    ["days=32", "days: expected a whole number of days from 1 to 31"],
    ["to=yesterday", "to: expected an ISO 8601 time with an offset"],
  ])("refuses %s, naming the limit", async (query, message) => {
    expect(await service().get(`/market-analysis?${query}`)).toMatchObject({ status: 400, message });
  });

  it("says so where there is no indexer, or where it doesn't answer", async () => {
    const options = { energy: async () => [], grid: null, cache: new AnswerCache(), cacheMilliseconds: 1 };
    const silent = { ...source([]), market: () => Promise.reject(new TypeError("fetch failed")) };
    expect(await mounted(analysisRoutes({ ...options, indexer: null })).get("/market-analysis")).toMatchObject({
      status: 503,
      message: expect.stringContaining("INDEXER_URL"),
    });
    expect(await mounted(analysisRoutes({ ...options, indexer: silent })).get("/market-analysis")).toMatchObject({
      status: 503,
      message: expect.stringContaining("can't be asked"),
    });
  });

  it("asks for fewer days where there are too many trades", async () => {
    const many = service(Array.from({ length: 200 }, () => ({ ...trade, slot: Math.floor(trade.slot) })));
    expect(await many.get("/market-analysis")).toMatchObject({
      status: 400,
      message: "days: more than 20000 trades; ask for fewer days",
    });
  });
});

import type { Emergency, Lot } from "@gridx/indexer/client";
import { IndexerError } from "@gridx/indexer/client";
import { describe, expect, it } from "vitest";
import { freshnessOf } from "../../src/app/freshness.ts";
import { parseSite } from "../../src/config/loadSite.ts";
import { inForce } from "../../src/data/emergency.ts";
import { retryDelay, shouldRetry } from "../../src/data/queryClient.ts";
import { nextOnShelf, sortShelf } from "../../src/pages/market/shelf.ts";
import { purchaseFigures } from "../../src/tx/orders/purchase.ts";
import { isNewestForAWhile } from "../../src/tx/plans/purchase.ts";
import { createFormat } from "../../src/ui/format.ts";

const A = "0x00000000000000000000000000000000000000AA" as const;
const B = "0x00000000000000000000000000000000000000bb" as const;

describe("the site's configuration", () => {
  const site = {
    deployment: {
      ...{ chainId: 31337, address: A, startBlock: 1, token: B, tokenSymbol: "dINR", tokenDecimals: 6 },
      ...{ slotDuration: 900, ringLength: 96 },
    },
    rpcUrl: "http://127.0.0.1:8545",
    indexerUrl: "http://127.0.0.1:3001",
    forecastUrl: "http://127.0.0.1:8000",
  };

  it("gives the page a chain with the configured RPC and no other", () => {
    const { chain } = parseSite(site, 31337);
    expect(chain.rpcUrls).toEqual({ default: { http: ["http://127.0.0.1:8545"] } });
  });

  it("is refused when it is for another chain than the build", () => {
    expect(() => parseSite(site, 137)).toThrow(/built for Polygon \(137\).*local chain \(31337\).*VITE_CHAIN_ID=31337/);
  });

  it("is refused with each wrong field named", () => {
    expect(() => parseSite({ ...site, rpcUrl: "nowhere" }, 31337)).toThrow(/rpcUrl/);
    expect(() => parseSite(null, 31337)).toThrow(/gridx\.json/);
  });
});

describe("the shelf", () => {
  const lot = (slot: number, ask: bigint): Lot => ({ seller: A, slot, attestedWh: 1_000n, soldWh: 0n, ask });
  const clock = { now: 1_100 * 900, slotDuration: 900, tradingWindow: 96, clockSpeed: 1, priceCap: null };

  it("is cheapest first, and newest first among equals", () => {
    const slots = sortShelf([lot(1_090, 5n), lot(1_095, 5n), lot(1_080, 4n)], clock).map(({ slot }) => slot);
    expect(slots).toEqual([1_080, 1_095, 1_090]);
  });

  it("leaves out what expires before anybody can sign", () => {
    expect(sortShelf([lot(1_003, 1n), lot(1_004, 1n)], clock).map(({ slot }) => slot)).toEqual([1_004]);
    // On a fast clock a slot is over in seconds.
    expect(sortShelf([lot(1_006, 1n), lot(1_008, 1n)], { ...clock, clockSpeed: 360 })).toMatchObject([{ slot: 1_008 }]);
  });
});

describe("the shelf after the clearing", () => {
  it("says which slot comes next, and when", () => {
    expect(nextOnShelf(1_100 * 900 + 1, 900, 1)).toEqual({ slot: 1_099, opensAt: 1_101 * 900 });
    expect(nextOnShelf(1_100 * 900, 900, 3)).toEqual({ slot: 1_097, opensAt: 1_101 * 900 });
  });
});

describe("in an emergency", () => {
  it("it lasts until its end by the chain's clock, also before that is known", () => {
    const declared = { priceCap: 5n, endsAt: 1_000 } as Emergency;
    expect(inForce(declared, 999)).toBe(declared);
    expect(inForce(declared, undefined)).toBe(declared);
    expect(inForce(declared, 1_000)).toBeNull();
    expect(inForce(null, 1)).toBeNull();
  });

  it("lots above the cap are not for sale, one at the cap is", () => {
    const lots = [5n, 6n].map((ask): Lot => ({ seller: A, slot: 1_095, attestedWh: 1_000n, soldWh: 0n, ask }));
    const clock = { now: 1_100 * 900, slotDuration: 900, tradingWindow: 96, clockSpeed: 1, priceCap: 5n };
    expect(sortShelf(lots, clock).map(({ aboveCap }) => aboveCap)).toEqual([false, true]);
    expect(sortShelf(lots, { ...clock, priceCap: null }).map(({ aboveCap }) => aboveCap)).toEqual([false, false]);
  });
});

describe("a purchase", () => {
  it("costs what the contract will take", () => {
    const order = { seller: A, slot: 1, energyWh: 1_001n, ask: 4_579_111n, feeBps: 100, gramsPerMwh: 711_700 };
    expect(purchaseFigures(order)).toEqual({ payment: 4_583_691n, fee: 45_836n, total: 4_629_527n, carbonGrams: 712n });
  });

  it("names its lot unless the newest one stays the newest until it is signed", () => {
    const moment = { newestLotSlot: 10, slotDuration: 900, now: 11 * 900 + 60, clockSpeed: 1 };
    expect(isNewestForAWhile(10, moment)).toBe(true);
    expect(isNewestForAWhile(9, moment)).toBe(false);
    expect(isNewestForAWhile(10, { ...moment, now: 12 * 900 - 60 })).toBe(false);
    expect(isNewestForAWhile(10, { ...moment, clockSpeed: 360 })).toBe(false);
  });
});

describe("freshness", () => {
  const point = (number: number, timestamp: number) => ({ number, timestamp });
  const base = { chainFailed: false, indexerFailed: false, clockSpeed: 360 };

  it("counts lag in the reader's seconds, not the demo clock's", () => {
    const live = freshnessOf({ ...base, chain: point(100, 72_000), indexer: point(97, 69_840) });
    expect(live).toMatchObject({ state: "live", text: "6 s behind", warning: null });
    const stale = freshnessOf({ ...base, chain: point(100, 72_000), indexer: point(80, 57_600) });
    expect(stale).toMatchObject({ state: "stale", text: "40 s behind" });
  });

  it("says which side can't be reached", () => {
    const chain = point(1, 1);
    expect(freshnessOf({ ...base, chain, indexer: chain, chainFailed: true }).warning).toMatch(/chain can't/);
    const cut = { ...base, chain, indexer: chain, offline: true, readAt: "14:05" };
    expect(freshnessOf({ ...cut, chainFailed: true })).toMatchObject({ state: "stale", text: "offline" });
    expect(freshnessOf({ ...cut, chainFailed: true }).warning).toMatch(/read at 14:05/);
    // On one machine everything answers without a network.
    expect(freshnessOf(cut)).toMatchObject({ state: "live", warning: null });
    expect(freshnessOf({ ...base, chain, indexer: chain, indexerFailed: true }).warning).toMatch(/indexer can't/);
  });
});

describe("numbers on the page", () => {
  it("writes amounts in the reader's locale without losing a digit", () => {
    const deployment = { tokenDecimals: 6, tokenSymbol: "dINR", slotDuration: 900 };
    expect(createFormat(deployment, "en-IN").exactMoney(12_345_678_000_001n)).toBe("1,23,45,678.000001 dINR");
    expect(createFormat(deployment, "de").exactMoney(4_500_000n)).toBe("4,50 dINR");
    expect(createFormat(deployment, "en").ago(1_000, 8_300)).toBe("2 hr. ago");
    const lengths = [20, 900, 5_400, 7 * 86_400].map(createFormat(deployment, "en").duration);
    expect(lengths).toEqual(["1 minute", "15 minutes", "1.5 hours", "7 days"]);
  });
});

describe("a read that fails", () => {
  it("is tried again three times on the server's errors only", () => {
    const down = new IndexerError(503, "down", "down");
    expect([0, 1, 2, 3].map((failures) => shouldRetry(failures, down))).toEqual([true, true, true, false]);
    expect(shouldRetry(0, new IndexerError(404, "not_found", "no"))).toBe(false);
    expect(shouldRetry(0, new TypeError("fetch failed"))).toBe(true);
    expect([0, 1, 2].map(retryDelay)).toEqual([500, 1_000, 2_000]);
  });
});

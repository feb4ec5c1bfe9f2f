import type { IndexerClient } from "@gridx/indexer/client";
import { describe, expect, it } from "vitest";
import { createPriceSource } from "../../src/price/source.ts";
import { priceSlot, type SlotQuestion } from "../../src/price/suggest.ts";

const SLOT = 900;
const NOW = 1_800_000_000;
const PRESENT = NOW / SLOT;

function sourceOf(indexer: Pick<IndexerClient, "clearings" | "users">, keepMilliseconds = 60_000) {
  return createPriceSource({
    slotDuration: SLOT,
    now: async () => NOW,
    grid: { retailPerKwh: 8_000_000n, feedInPerKwh: 3_000_000n },
    feeBps: async () => 100n,
    homes: { read: async () => null },
    indexer,
    hoursAhead: 26,
    keepMilliseconds,
  });
}
const degradedBy = (question: SlotQuestion | null) => question && priceSlot(question)?.degraded;
const homes = ["a", "b", "c", "d", "e"].map((owner) => ({
  owner,
  load: { lowerWh: 100, medianWh: 200, upperWh: 300 },
  solar: { lowerWh: 0, medianWh: 100, upperWh: 200 },
}));

describe("what prices are made of", () => {
  it("asks the indexer once for all who ask at a time, whatever slot they ask about", async () => {
    let asked = 0;
    const none = async () => {
      asked += 1;
      return { items: [], nextCursor: null };
    };
    const source = sourceOf({ clearings: none, users: none });
    await Promise.all(Array.from({ length: 50 }, (_, ahead) => source.question(PRESENT + ahead)));
    await source.question(PRESENT + 1);
    expect(asked).toBe(2);
  });

  it("reads as far back as the present slot is compared, and gives a later slot its own days", async () => {
    const day = 86_400 / SLOT;
    const clearing = (slot: number) => ({ slot, pricePerKwh: BigInt(slot) });
    const items = [PRESENT - 1, PRESENT + 4 - 14 * day, PRESENT - 14 * day, PRESENT - 15 * day].map(clearing);
    const clearings = (async () => ({ items, nextCursor: null })) as unknown as IndexerClient["clearings"];
    const source = sourceOf({ clearings, users: async () => ({ items: [], nextCursor: null }) });
    const oldest = async (slot: number) =>
      (await source.question(slot))?.past.find(({ clearingPricePerKwh }) => clearingPricePerKwh !== null);
    expect(await oldest(PRESENT)).toEqual({ clearingPricePerKwh: BigInt(PRESENT - 14 * day) });
    expect(await oldest(PRESENT + 4)).toEqual({ clearingPricePerKwh: BigInt(PRESENT + 4 - 14 * day) });
  });

  it("says so where the indexer does not answer, instead of a price as if nobody bid", async () => {
    const fails = () => Promise.reject(new Error("gone"));
    const question = await sourceOf({ clearings: fails, users: fails }).question(PRESENT);
    expect(degradedBy(question && { ...question, homes })).toMatchObject({
      reason: expect.stringContaining("standing asks and bids"),
      why: { code: "indexer_unreachable" },
    });
    const known = async () => ({ items: [], nextCursor: null });
    const asked = await sourceOf({ clearings: known, users: known }).question(PRESENT);
    expect(degradedBy(asked && { ...asked, homes })).toBeNull();
  });
});

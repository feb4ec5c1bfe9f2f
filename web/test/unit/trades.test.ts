import type { Trade } from "@gridx/indexer/client";
import { describe, expect, it } from "vitest";
import { findTrade } from "../../src/chain/findTrade.ts";
import { csvUrl, momentOf, momentText, queryOf, readFilter, tradesHref } from "../../src/pages/trades/filter.ts";
import { newerThan } from "../../src/pages/trades/reads.ts";

const ME = "0x00000000000000000000000000000000000000AA" as const;
const search = (href: string) => href.split("?")[1] ?? "";

describe("the filter of the trade list", () => {
  it("is kept in the page's address, and comes back from it", () => {
    for (const filter of [
      { mine: false },
      { mine: true, from: 1_780_972_200, to: 1_780_975_800 },
      { mine: false, wallet: ME, slot: 1_978_858 },
    ]) {
      expect(readFilter(search(tradesHref(filter)))).toEqual(filter);
    }
    expect(tradesHref({ mine: false })).toBe("/trades");
  });

  it("leaves out what nobody can have meant", () => {
    expect(readFilter("whose=yours&wallet=0x12&from=-1&to=1e3&slot=99999999999")).toEqual({ mine: false });
  });

  it("asks for the connected wallet's, and for nobody's where there is none", () => {
    expect(queryOf({ mine: true, slot: 7 }, ME)).toEqual({ wallet: ME, slot: 7, from: undefined, to: undefined });
    expect(queryOf({ mine: true }, undefined)).toBeNull();
    expect(csvUrl("http://127.0.0.1:3001", { wallet: ME, from: 5 })).toBe(
      `http://127.0.0.1:3001/api/energy-trades.csv?wallet=${ME}&from=5`,
    );
  });

  it("has moments in the reader's time zone, to the minute", () => {
    const moment = Math.floor(new Date(2026, 5, 9, 8, 15).getTime() / 1000);
    expect(momentText(moment)).toBe("2026-06-09T08:15");
    expect(momentOf("2026-06-09T08:15")).toBe(moment);
    expect([momentText(undefined), momentOf("")]).toEqual(["", undefined]);
  });
});

describe("trades that came since the list was read", () => {
  const trade = (blockNumber: number, logIndex: number) => ({ blockNumber, logIndex }) as Trade;

  it("are those after its first row, also where that one is no longer among the newest", () => {
    const rows = [trade(7, 2), trade(7, 1), trade(3, 0)];
    expect(newerThan([trade(8, 0), trade(7, 3), trade(7, 2), trade(7, 1)], rows)).toBe(2);
    expect(newerThan([trade(9, 1), trade(9, 0)], rows)).toBe(2);
    // The list was read later than what it is compared with.
    expect(newerThan([trade(7, 1), trade(3, 0)], rows)).toBe(0);
    expect(newerThan([trade(8, 0)], [])).toBe(1);
  });
});

describe("a trade that the indexer does not know", () => {
  const deployment = { address: ME, startBlock: 5 };
  const reader = (getLogs: (range: { fromBlock: bigint }) => Promise<object[]>) =>
    ({ getBlockNumber: async () => 900n, getLogs }) as unknown as Parameters<typeof findTrade>[0]["reader"];

  it("is looked for on the chain, and not called missing where the RPC hides a part of it", async () => {
    const log = { blockNumber: 800n, transactionHash: "0x12" };
    const found = await findTrade({ deployment, reader: reader(async () => [log]) }, "0xab");
    expect(found).toEqual(log);
    expect(await findTrade({ deployment, reader: reader(async () => []) }, "0xab")).toBeNull();
    const refused = reader(async ({ fromBlock }) => {
      if (fromBlock < 880n) throw new Error("history has been pruned for this block");
      return [];
    });
    expect(await findTrade({ deployment, reader: refused }, "0xab")).toBe("unsearched");
  });
});

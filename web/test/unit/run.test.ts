import type { Deployment } from "@gridx/contracts";
import type { IndexerClient } from "@gridx/indexer/client";
import { describe, expect, it } from "vitest";
import { createRun, guardIndexer, isSameDeployment, isSameRun, RestartedError } from "../../src/config/run.ts";

const A = "0x00000000000000000000000000000000000000AA" as const;
const B = "0x00000000000000000000000000000000000000bb" as const;
const loaded: Deployment = {
  ...{ chainId: 31337, address: A, startBlock: 1, token: B, tokenSymbol: "dINR", tokenDecimals: 6 },
  ...{ slotDuration: 900, ringLength: 96, runId: "first" },
};
const served = { chainId: 31337, contract: A, runId: "first" as string | null };

describe("the run that a page was loaded for", () => {
  it("is told by chain, contract and run", () => {
    expect(isSameRun(loaded, served)).toBe(true);
    expect(isSameRun({ ...loaded, runId: undefined }, { ...served, runId: null })).toBe(true);
    for (const other of [{ chainId: 1 }, { contract: B }, { runId: "second" }, { runId: null }]) {
      expect(isSameRun(loaded, { ...served, ...other })).toBe(false);
    }
    expect(isSameDeployment(loaded, { ...loaded })).toBe(true);
    expect(isSameDeployment(loaded, { ...loaded, slotDuration: 300 })).toBe(false);
    expect(isSameDeployment({ ...loaded, runId: undefined }, loaded)).toBe(false);
  });

  it("is over once indexer or page server tell of another one, and for ever", async () => {
    const sources = { market: async () => served, deployment: async (): Promise<Deployment | null> => loaded };
    expect(await createRun(loaded, sources).stillOn()).toBe(true);
    for (const other of [
      { market: async () => ({ ...served, runId: "second" }) },
      { deployment: async () => ({ ...loaded, runId: "second" }) },
    ]) {
      const given = { ...sources, ...other };
      const run = createRun(loaded, given);
      let told = 0;
      run.subscribe(() => {
        told += 1;
      });
      expect(await run.stillOn()).toBe(false);
      Object.assign(given, sources);
      expect(await run.stillOn()).toBe(false);
      expect([run.ended(), told]).toEqual([true, 1]);
    }
  });

  it("goes on when nobody answers", async () => {
    const down = () => Promise.reject(new TypeError("fetch failed"));
    const run = createRun(loaded, { market: down, deployment: async () => null });
    expect(await run.stillOn()).toBe(true);
  });
});

describe("the indexer's answers", () => {
  it("are given out only while they are of this run", async () => {
    const now = { ...served };
    let reads = 0;
    const indexer = {
      market: async () => ({ ...now }),
      lots: async () => {
        reads += 1;
        return { items: [], nextCursor: null };
      },
    } as unknown as IndexerClient;
    const run = createRun(loaded, { market: async () => now, deployment: async () => null });
    const guarded = guardIndexer(indexer, run);
    expect(await guarded.lots()).toEqual({ items: [], nextCursor: null });
    expect(await guarded.market()).toMatchObject({ runId: "first" });
    // The tab stays open, the chain is started anew: the first rows to arrive are not shown.
    now.runId = "second";
    await expect(guarded.lots()).rejects.toThrow(RestartedError);
    expect([run.ended(), reads]).toEqual([true, 2]);
    // And nothing is asked any more.
    await expect(guarded.lots()).rejects.toThrow(RestartedError);
    await expect(guarded.market()).rejects.toThrow(RestartedError);
    expect(reads).toBe(2);
  });
});

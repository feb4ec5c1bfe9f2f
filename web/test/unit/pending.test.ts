// What the browser keeps of a transaction under way.
import type { Deployment } from "@gridx/contracts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Pending, pendingStore } from "../../src/tx/pending.ts";

const deployment: Deployment = {
  ...{ chainId: 31337, address: "0x00000000000000000000000000000000000000A1", startBlock: 1 },
  ...{ token: "0x00000000000000000000000000000000000000b2", tokenSymbol: "dINR", tokenDecimals: 6 },
  ...{ slotDuration: 900, ringLength: 96, runId: "first" },
};
const purchase: Pending = {
  account: "0x00000000000000000000000000000000000000C3",
  known: { hash: `0x${"ab".repeat(32)}` },
  steps: ["Approve 5 dINR", "Buy 1 kWh"],
  step: 1,
  intent: {
    kind: "purchase",
    order: {
      ...{ seller: "0x00000000000000000000000000000000000000D4", slot: 1_978_858, energyWh: 1_000n },
      ...{ ask: 2n ** 95n + 1n, feeBps: 100, gramsPerMwh: 711_700 },
    },
  },
};

let kept: Map<string, string>;
beforeEach(() => {
  kept = new Map();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
});
afterEach(() => vi.unstubAllGlobals());

describe("the transaction under way", () => {
  it("comes back as it was, every digit of it, until it is forgotten", () => {
    const store = pendingStore(deployment);
    expect(store.load()).toBeNull();
    store.save(purchase);
    expect(pendingStore(deployment).load()).toEqual(purchase);
    store.forget();
    expect(store.load()).toBeNull();
  });

  it("may be a batch of calls that the wallet knows by an id of its own", () => {
    const batch: Pending = { ...purchase, known: { batch: "$7n of a wallet" } };
    pendingStore(deployment).save(batch);
    expect(pendingStore(deployment).load()).toEqual(batch);
  });

  it("keeps somebody's own words as words, also where they look like a number of ours", () => {
    const store = pendingStore(deployment);
    const order = { grams: 12n, beneficiary: "$12n", reason: "$$ and $" };
    store.save({ ...purchase, intent: { kind: "retireCarbon", order } });
    expect(store.load()?.intent).toEqual({ kind: "retireCarbon", order });
  });

  it("is not that of another run, chain or contract", () => {
    pendingStore(deployment).save(purchase);
    const others = [{ runId: "second" }, { runId: undefined }, { chainId: 137 }, { address: purchase.account }];
    for (const other of others) expect(pendingStore({ ...deployment, ...other }).load()).toBeNull();
  });

  it("is nothing where what is kept is broken, or nothing can be kept", () => {
    const store = pendingStore(deployment);
    store.save(purchase);
    const [key] = kept.keys();
    const broken = (change: object) => JSON.stringify({ ...purchase, intent: { kind: "endBid" }, ...change });
    const [brokenHash, noName] = [broken({ known: { hash: "0x12" } }), broken({ known: { batch: "" } })];
    for (const text of ["", "{", "{}", '"x"', brokenHash, noName]) {
      kept.set(String(key), text);
      expect(store.load()).toBeNull();
    }
    vi.stubGlobal("localStorage", undefined);
    expect(() => store.save(purchase)).not.toThrow();
    expect(store.load()).toBeNull();
  });
});

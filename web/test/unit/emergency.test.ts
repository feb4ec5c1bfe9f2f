// What a declaration would change, what a plan sheds, and whose word counts about the emergency in force.
import type { Address } from "viem";
import { describe, expect, it } from "vitest";
import { inForce, withReason } from "../../src/data/emergency.ts";
import { type EffectFacts, effectOf } from "../../src/pages/emergency/effect.ts";
import { dueDeclaration, shedStretches } from "../../src/pages/emergency/plan.ts";

const address = (digit: number): Address => `0x${`${digit}`.repeat(40)}`;
const nobody = address(1);
const home = address(2);
const clinic = address(3);
const hospital = address(4);
const calm = address(5);
const SLOT = 900;

describe("the dry run of a declaration", () => {
  const at = (slot: number, buyer: Address, energyWh: bigint, pricePerKwh = 5n) => ({
    ...{ buyer, energyWh, pricePerKwh, blockTimestamp: slot * SLOT + 7 },
  });
  const facts: EffectFacts = {
    order: { priceCap: 10n, normalWhPerSlot: 100n, essentialWhPerSlot: 300n },
    users: [
      { address: nobody, tier: 0 },
      { address: home, tier: 1 },
      { address: clinic, tier: 2 },
      { address: hospital, tier: 3 },
      { address: calm, tier: 1 },
    ],
    bids: [
      { buyer: nobody, maxWhPerSlot: 50n },
      { buyer: clinic, maxWhPerSlot: 301n },
      { buyer: hospital, maxWhPerSlot: 9_000n },
      { buyer: calm, maxWhPerSlot: 100n },
    ],
    lots: [
      { ask: 10n, attestedWh: 500n, soldWh: 0n },
      { ask: 11n, attestedWh: 500n, soldWh: 200n },
    ],
    // 60 and 70 in one slot of block time are too much together, 60 and 70 in two are not; what the cap stops is not counted.
    trades: [at(1, home, 60n), at(1, home, 70n), at(2, home, 60n), at(3, home, 70n), at(2, home, 900n, 11n)],
    slotDuration: SLOT,
  };

  it("names who would get less than they bid for or bought in a slot, the most limited first", () => {
    expect(effectOf(facts).limited).toEqual([
      { address: nobody, tier: 0, bidWh: 50n, boughtWh: 0n, allowedWh: 0n },
      { address: home, tier: 1, bidWh: 0n, boughtWh: 130n, allowedWh: 100n },
      { address: clinic, tier: 2, bidWh: 301n, boughtWh: 0n, allowedWh: 300n },
    ]);
  });

  it("counts lots and trades above the cap, and what was bought above the allowances of the rest", () => {
    expect(effectOf(facts)).toMatchObject({
      ...{ lotsAboveCap: 1, lots: 2, aboveCapWh: 300n, tradesAboveCap: 1, trades: 5, overAllowanceWh: 30n },
      accounts: [1, 2, 1, 1],
    });
  });

  it("lets nobody buy who is not known to have a tier", () => {
    const { limited } = effectOf({ ...facts, users: [], bids: [], trades: [at(1, home, 1n)] });
    expect(limited).toEqual([{ address: home, tier: 0, bidWh: 0n, boughtWh: 1n, allowedWh: 0n }]);
  });
});

describe("an allocation plan", () => {
  it("is told in stretches of one tier and one reason", () => {
    const hour = 3600;
    const entry = (at: number, tier: "essential" | "normal", reason: "reserve" | "nothing_left") => ({
      ...{ startsAt: at * hour, tier, shedWh: 10, reason },
    });
    const shed = [
      entry(0, "essential", "reserve"),
      entry(0, "normal", "nothing_left"),
      entry(1, "normal", "nothing_left"),
      entry(2, "normal", "reserve"),
      entry(4, "normal", "reserve"),
    ];
    expect(shedStretches({ shed, slotSeconds: hour })).toEqual([
      { from: 0, to: hour, tier: "essential", shedWh: 10, reason: "reserve" },
      { from: 0, to: 2 * hour, tier: "normal", shedWh: 20, reason: "nothing_left" },
      { from: 2 * hour, to: 3 * hour, tier: "normal", shedWh: 10, reason: "reserve" },
      { from: 4 * hour, to: 5 * hour, tier: "normal", shedWh: 10, reason: "reserve" },
    ]);
  });

  it("has the newest declaration that is due filled in, else the first", () => {
    const declared = (startsAt: number) => ({
      ...{ startsAt, normalWhPerSlot: 1n, essentialWhPerSlot: 2n, endsAt: 9_000, priceCap: null },
    });
    const declarations = [declared(100), declared(200)];
    expect(dueDeclaration({ declarations }, 50)?.startsAt).toBe(100);
    expect(dueDeclaration({ declarations }, 199)?.startsAt).toBe(100);
    expect(dueDeclaration({ declarations }, 200)?.startsAt).toBe(200);
    expect(dueDeclaration({ declarations: [] }, 200)).toBeUndefined();
  });
});

describe("the emergency of the contract while the indexer is silent", () => {
  const rules = { priceCap: 5n, normalWhPerSlot: 1n, essentialWhPerSlot: 2n, endsAt: 1_000 };
  it("has the indexer's reason for the very same rules alone", () => {
    expect(withReason(rules, { ...rules, reason: "flood" })).toEqual({ ...rules, reason: "flood" });
    expect(withReason(rules, { ...rules, normalWhPerSlot: 3n, reason: "flood" })).toEqual({ ...rules, reason: null });
    expect(withReason(rules, null)).toEqual({ ...rules, reason: null });
    // Ended on the chain, whatever the indexer last said.
    expect(withReason(null, { ...rules, reason: "flood" })).toBeNull();
    expect(inForce(rules, 999)).toBe(rules);
    expect(inForce(rules, 1_000)).toBeNull();
  });
});

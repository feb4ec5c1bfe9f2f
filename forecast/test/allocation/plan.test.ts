import fc from "fast-check";
import type { Highs } from "highs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadHighs } from "../../src/allocation/highs.ts";
import { type Island, type Plan, TIERS, type Tier } from "../../src/allocation/island.ts";
import { planIsland } from "../../src/allocation/plan.ts";
import { anyIslands, battery, bestByTrying, HOUR, islandOf, smallIslands } from "../support/islands.ts";

let highs: Highs;
beforeAll(async () => {
  highs = await loadHighs();
});

const RUNS = { numRuns: 60, seed: 5 };
const total = (plan: Plan, of: (slot: Plan["slots"][number]) => number) =>
  plan.slots.reduce((sum, slot) => sum + of(slot), 0);
const served = (plan: Plan, tier: Tier) => total(plan, ({ servedWh }) => servedWh[tier]);
const without = (island: Island, tiers: readonly Tier[]): Island => ({
  ...island,
  slots: island.slots.map((slot) => ({
    ...slot,
    loadWh: { ...slot.loadWh, ...Object.fromEntries(tiers.map((tier) => [tier, 0])) },
  })),
});

describe("a plan serves as much, tier by tier, as any plan could", () => {
  it.each([0, 1, 2])("with %d batteries: as trying every movement finds", (batteries) => {
    fc.assert(
      fc.property(smallIslands(batteries), (island) => {
        const plan = planIsland(highs, island);
        const [critical, early, reserve, essential, normal] = bestByTrying(island);
        expect(served(plan, "critical")).toBeCloseTo(critical, 3);
        const toCome = (slot: Plan["slots"][number]) => island.slots.length - slot.startsAt / HOUR;
        expect(total(plan, (slot) => slot.servedWh.critical * toCome(slot))).toBeCloseTo(early, 2);
        expect(-total(plan, ({ reserveShortWh }) => reserveShortWh)).toBeCloseTo(reserve, 3);
        expect(served(plan, "essential")).toBeCloseTo(essential, 3);
        expect(served(plan, "normal")).toBeCloseTo(normal, 3);
      }),
      RUNS,
    );
  });

  it("with losses and one tier: as a battery that takes all surplus and gives all it can", () => {
    fc.assert(
      fc.property(anyIslands, (given) => {
        const island = without({ ...given, reserveHours: 0, batteries: given.batteries.slice(0, 1) }, [
          "essential",
          "normal",
        ]);
        const [b] = island.batteries;
        const hours = island.slotSeconds / HOUR;
        const loss = Math.sqrt(b?.roundTripEfficiency ?? 1);
        let stored = b?.storedWh ?? 0;
        let expected = 0;
        for (const { solarWh, loadWh } of island.slots) {
          const direct = Math.min(solarWh[island.countOn], loadWh.critical);
          const surplus = solarWh[island.countOn] - direct;
          const lacking = loadWh.critical - direct;
          const lowest = Math.min(b?.floorWh ?? 0, b?.storedWh ?? 0);
          const given = Math.min(lacking, (b?.dischargeWatts ?? 0) * hours, (stored - lowest) * loss);
          const taken = Math.min(surplus, (b?.chargeWatts ?? 0) * hours, ((b?.capacityWh ?? 0) - stored) / loss);
          stored += taken * loss - given / loss;
          expected += direct + given;
        }
        expect(Math.abs(served(planIsland(highs, island), "critical") - expected)).toBeLessThan(0.01);
      }),
      RUNS,
    );
  });
});

describe("whatever the island", () => {
  it("energy balances in each slot, batteries stay within their limits, and a load is served or shed", () => {
    fc.assert(
      fc.property(anyIslands, (island) => {
        const plan = planIsland(highs, island);
        const hours = island.slotSeconds / HOUR;
        expect(plan.slots).toHaveLength(island.slots.length);
        for (const [index, slot] of plan.slots.entries()) {
          const load = island.slots[index]?.loadWh;
          const used = TIERS.reduce((sum, tier) => sum + slot.servedWh[tier], 0);
          expect(Math.abs(slot.solarWh + slot.dischargedWh - used - slot.chargedWh - slot.curtailedWh)).toBeLessThan(
            0.01,
          );
          expect(Math.min(slot.chargedWh, slot.dischargedWh)).toBeLessThan(
            0.01 + slot.chargedWh * (island.batteries.length - 1),
          );
          for (const tier of TIERS) {
            expect(Math.abs((load?.[tier] ?? 0) - slot.servedWh[tier] - slot.shedWh[tier])).toBeLessThan(0.01);
          }
          for (const [at, b] of island.batteries.entries()) {
            const now = slot.batteriesStoredWh[at] ?? 0;
            const before = plan.slots[index - 1]?.batteriesStoredWh[at] ?? b.storedWh;
            const loss = Math.sqrt(b.roundTripEfficiency);
            expect(now).toBeLessThan(b.capacityWh + 0.01);
            expect(now).toBeGreaterThan(Math.min(b.floorWh, b.storedWh) - 0.01);
            expect(now - before).toBeLessThan(b.chargeWatts * hours * loss + 0.01);
            expect(before - now).toBeLessThan((b.dischargeWatts * hours) / loss + 0.01);
          }
        }
      }),
      RUNS,
    );
  });

  it("priority is never inverted: without the lower tiers a higher one would be served no better", () => {
    fc.assert(
      fc.property(anyIslands, (island) => {
        const plan = planIsland(highs, island);
        const critical = planIsland(highs, without(island, ["essential", "normal"]));
        const two = planIsland(highs, without(island, ["normal"]));
        // A hundredth of a Wh in some 100,000 is what the slack of the aims adds up to.
        expect(Math.abs(served(plan, "critical") - served(critical, "critical"))).toBeLessThan(0.01);
        expect(Math.abs(served(plan, "essential") - served(two, "essential"))).toBeLessThan(0.01);
        const short = (of: Plan) => total(of, ({ reserveShortWh }) => reserveShortWh);
        expect(Math.abs(short(plan) - short(critical))).toBeLessThan(0.01);
      }),
      RUNS,
    );
  });
});

describe("by hand", () => {
  it("stores the noon for the night's critical load, sheds the normal load at noon, and says why", () => {
    const plan = planIsland(
      highs,
      islandOf(
        [
          [1000, 200, 300, 400],
          [0, 500, 100, 100],
        ],
        { batteries: [battery({ capacityWh: 500 })] },
      ),
    );
    expect(plan.status).toBe("some_shed");
    expect(plan.slots.map(({ servedWh }) => servedWh)).toEqual([
      { critical: expect.closeTo(200, 2), essential: expect.closeTo(300, 2), normal: expect.closeTo(0, 2) },
      { critical: expect.closeTo(500, 2), essential: expect.closeTo(0, 2), normal: expect.closeTo(0, 2) },
    ]);
    expect(plan.shed).toEqual([
      { startsAt: 0, tier: "normal", shedWh: expect.closeTo(400, 2), reason: "kept_for_later" },
      { startsAt: HOUR, tier: "essential", shedWh: expect.closeTo(100, 2), reason: "nothing_left" },
      { startsAt: HOUR, tier: "normal", shedWh: expect.closeTo(100, 2), reason: "nothing_left" },
    ]);
  });

  it("keeps the reserve that the next hours' critical load needs on the lower solar, rather than serve essential load", () => {
    const hours = [
      [0, 0, 300, 0, 0],
      [400, 250, 0, 0, 50],
    ];
    const stored = battery({ storedWh: 300 });
    const bold = planIsland(highs, islandOf(hours, { batteries: [stored] }));
    expect(bold.status).toBe("all_served");
    const careful = planIsland(highs, islandOf(hours, { batteries: [stored], reserveHours: 1 }));
    expect(careful.slots[0]).toMatchObject({ reserveWh: 200, servedWh: { essential: expect.closeTo(100, 2) } });
    expect(careful.shed).toEqual([
      { startsAt: 0, tier: "essential", shedWh: expect.closeTo(200, 2), reason: "reserve" },
    ]);
  });

  it("keeps a reserve at the end of a day for the hours after it, as the day began", () => {
    const hours = Array.from({ length: 24 }, (_, hour) => [0, hour < 2 ? 50 : 0, hour === 23 ? 300 : 0, 0]);
    const plan = planIsland(highs, islandOf(hours, { batteries: [battery({ storedWh: 400 })], reserveHours: 2 }));
    expect(plan.slots.at(-1)).toMatchObject({ reserveWh: 100, servedWh: { essential: expect.closeTo(200, 2) } });
  });

  it("spends the reserve on critical load itself", () => {
    const plan = planIsland(
      highs,
      islandOf(
        [
          [0, 300, 0, 0],
          [0, 300, 0, 0],
        ],
        { batteries: [battery({ storedWh: 400 })], reserveHours: 1 },
      ),
    );
    expect(plan.status).toBe("critical_missing");
    expect(plan.shed).toEqual([
      { startsAt: HOUR, tier: "critical", shedWh: expect.closeTo(200, 2), reason: "nothing_left" },
    ]);
  });

  it("names the batteries' power where that is the limit", () => {
    const weak = battery({ storedWh: 1000, dischargeWatts: 100 });
    const plan = planIsland(highs, islandOf([[0, 150, 0, 0]], { batteries: [weak] }));
    expect(plan.shed).toEqual([
      { startsAt: 0, tier: "critical", shedWh: expect.closeTo(50, 2), reason: "power_limit" },
    ]);
  });

  it("loses what a round trip loses", () => {
    const lossy = battery({ roundTripEfficiency: 0.81 });
    const plan = planIsland(
      highs,
      islandOf(
        [
          [100, 0, 0, 0],
          [0, 100, 0, 0],
        ],
        { batteries: [lossy] },
      ),
    );
    expect(plan.slots[0]).toMatchObject({ chargedWh: expect.closeTo(100, 2), storedWh: expect.closeTo(90, 2) });
    expect(served(plan, "critical")).toBeCloseTo(81, 2);
  });

  it("serves one house alone, with and without a battery, and an island without anything", () => {
    const house = islandOf([[500, 0, 0, 800]], { households: { critical: 0, essential: 0, normal: 1 } });
    expect(planIsland(highs, house).slots[0]?.servedWh.normal).toBeCloseTo(500, 2);
    expect(planIsland(highs, { ...house, batteries: [battery({ storedWh: 300 })] }).status).toBe("all_served");
    expect(planIsland(highs, islandOf([[0, 0, 0, 0]])).status).toBe("nothing_to_serve");
    expect(planIsland(highs, islandOf([[0, 10, 20, 30]])).shed.map(({ reason }) => reason)).toEqual(
      Array.from({ length: 3 }, () => "nothing_left"),
    );
  });
});

import fc from "fast-check";
import type { Highs } from "highs";
import { beforeAll, expect, it } from "vitest";
import { type Declaration, declarationsOf } from "../../src/allocation/allowances.ts";
import { loadHighs } from "../../src/allocation/highs.ts";
import type { Island, Plan } from "../../src/allocation/island.ts";
import { planIsland } from "../../src/allocation/plan.ts";
import { createPlanner } from "../../src/allocation/planner.ts";
import { anyIslands, battery, HOUR, islandOf } from "../support/islands.ts";

let highs: Highs;
beforeAll(async () => {
  highs = await loadHighs();
});

const RUNS = { numRuns: 40, seed: 7 };

/** What each slot may buy in all under the declaration in force, in Wh per slot of the contract. */
function allowedWh(declarations: readonly Declaration[], plan: Plan, { households }: Island): number[] {
  return plan.slots.map(({ startsAt }) => {
    const now = declarations.findLast((declaration) => declaration.startsAt <= startsAt);
    return (
      households.normal * Number(now?.normalWhPerSlot ?? Number.NaN) +
      households.essential * Number(now?.essentialWhPerSlot ?? Number.NaN)
    );
  });
}

it("households that buy all they may never buy more than the plan has for them, in any slot", () => {
  fc.assert(
    fc.property(anyIslands, fc.integer({ min: 1, max: 6 }), (island, most) => {
      const plan = planIsland(highs, island);
      const declarations = declarationsOf(plan, island, 900, most);
      expect(declarations.length).toBeLessThanOrEqual(most);
      expect(declarations[0]?.startsAt).toBe(plan.slots[0]?.startsAt);
      for (const [index, wh] of allowedWh(declarations, plan, island).entries()) {
        const slot = plan.slots[index];
        const has = (slot?.servedWh.normal ?? 0) + (slot?.servedWh.essential ?? 0) + (slot?.curtailedWh ?? 0);
        // 1e-3 Wh a household is the solver's, and a critical household never needs an allowance.
        expect(wh).toBeLessThanOrEqual((has * 900) / island.slotSeconds + 0.02);
      }
    }),
    RUNS,
  );
});

it("few declarations allow as much as the best of all ways to cut the time", () => {
  const hours = fc.array(fc.tuple(fc.nat(900), fc.constant(0), fc.nat(300), fc.nat(500)), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(hours, fc.integer({ min: 1, max: 4 }), (given, most) => {
      const island = islandOf(given, { households: { critical: 0, essential: 2, normal: 3 } });
      const plan = planIsland(highs, island);
      const each = declarationsOf(plan, island, HOUR, given.length);
      const perSlot = plan.slots.map(({ startsAt }) =>
        each.findLast((declaration) => declaration.startsAt <= startsAt),
      );
      const worth = (from: number, to: number) => {
        const within = perSlot.slice(from, to);
        const least = (of: (d?: Declaration) => bigint | undefined) => Math.min(...within.map((d) => Number(of(d))));
        return (to - from) * (3 * least((d) => d?.normalWhPerSlot) + 2 * least((d) => d?.essentialWhPerSlot));
      };
      const best = (from: number, left: number): number => {
        if (from === given.length) return 0;
        if (left === 0) return Number.NEGATIVE_INFINITY;
        const cuts = Array.from({ length: given.length - from }, (_, index) => from + index + 1);
        return Math.max(...cuts.map((to) => worth(from, to) + best(to, left - 1)));
      };
      const allowed = allowedWh(declarationsOf(plan, island, HOUR, most), plan, island);
      expect(allowed.reduce((a, b) => a + b, 0)).toBe(best(0, most));
    }),
    RUNS,
  );
});

it("by hand: two households share 301 Wh of an hour, in quarters of it", () => {
  const island = islandOf([[301, 0, 301, 0]], { households: { critical: 0, essential: 2, normal: 0 } });
  expect(declarationsOf(planIsland(highs, island), island, 900, 4)).toEqual([
    { startsAt: 0, endsAt: HOUR, essentialWhPerSlot: 37n, normalWhPerSlot: 0n },
  ]);
});

it("solar that nobody needs may be bought", () => {
  const island = islandOf([[1000, 0, 100, 200]], { households: { critical: 3, essential: 1, normal: 2 } });
  expect(declarationsOf(planIsland(highs, island), island, HOUR, 1)).toMatchObject([
    { essentialWhPerSlot: 333n, normalWhPerSlot: 333n },
  ]);
});

it("the planner answers from its thread what the solver says here, several at once, and after being closed", async () => {
  const planner = createPlanner();
  const islands = [100, 200, 300].map((normal) =>
    islandOf([[150, 50, 0, normal]], { batteries: [battery({ storedWh: 80 })] }),
  );
  const plans = await Promise.all(islands.map((island) => planner.plan(island)));
  expect(plans).toEqual(islands.map((island) => planIsland(highs, island)));
  const cut = planner.plan(islands[0] as Island);
  await Promise.all([expect(cut).rejects.toThrow("stops"), planner.close()]);
  expect(await planner.plan(islands[0] as Island)).toEqual(plans[0]);
  await planner.close();
});

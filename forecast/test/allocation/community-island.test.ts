import { expect, it } from "vitest";
import { communityIsland, sharesOf } from "../../src/allocation/community-island.ts";
import type { House } from "../../src/chain/registry.ts";

const house = (owner: string, tier: House["tier"], capacityWatts = 1000, active = true): House => ({
  id: owner,
  meter: owner,
  owner,
  ownerSince: 0,
  capacityWatts,
  active,
  tier,
});

it("tiers whose sums are published go by them, the others share the rest by their homes", () => {
  const houses = [..."abcdef"].map((owner) => house(owner, "normal"));
  houses.push(house("g", "critical"), house("h", "essential"), house("i", "essential"));
  expect(sharesOf(houses, { normal: { tierWh: 600, allWh: 1500 } })).toEqual({
    critical: expect.closeTo(0.2, 9),
    essential: expect.closeTo(0.4, 9),
    normal: 0.4,
    none: 0,
  });
  expect(sharesOf(houses, {}).critical).toBeCloseTo(1 / 9, 9);
  expect(sharesOf([], {})).toEqual({ critical: 0, essential: 0, normal: 0, none: 0 });
});

it("an island has the load of the tiers, the solar without what homes outside use of it, and counts wallets", () => {
  const houses = [
    house("a", "critical"),
    house("b", "normal", 2000),
    house("b", "normal", 0),
    house("c", "none"),
    house("retired", "normal", 9000, false),
  ];
  const island = communityIsland({
    houses,
    load: { pointWh: new Float64Array([4000, 400]) },
    pv: { pointWh: new Float64Array([3000, 8000]), lowerWh: new Float64Array([1000, 4000]) },
    startsAt: 7200,
    hours: 2,
    wallets: null,
    published: {},
    batteries: [],
    countOn: "lower",
    reserveHours: 4,
  });
  expect(island.households).toEqual({ critical: 1, essential: 0, normal: 1 });
  // A quarter of capacity and of load is outside: it uses all of its sun in the first hour and 100 Wh in the second.
  expect(island.slots).toEqual([
    { startsAt: 7200, solarWh: { lower: 750, median: 2250 }, loadWh: { critical: 1000, essential: 0, normal: 2000 } },
    { startsAt: 10_800, solarWh: { lower: 3900, median: 7900 }, loadWh: { critical: 100, essential: 0, normal: 200 } },
  ]);
});

it("households without a meter are counted, with the load of the mean home of their tier, or of all", () => {
  const island = communityIsland({
    houses: [house("a", "normal"), house("b", "normal"), house("c", "critical")],
    load: { pointWh: new Float64Array([3000]) },
    pv: { pointWh: new Float64Array([0]), lowerWh: new Float64Array([0]) },
    startsAt: 0,
    hours: 1,
    wallets: { critical: 1, essential: 2, normal: 5 },
    published: {},
    batteries: [],
    countOn: "lower",
    reserveHours: 4,
  });
  expect(island.households).toEqual({ critical: 1, essential: 2, normal: 5 });
  expect(island.slots[0]?.loadWh).toEqual({ critical: 1000, essential: 2000, normal: 5000 });
});

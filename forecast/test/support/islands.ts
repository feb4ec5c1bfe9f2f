// Islands for tests, and the best plan of a small one by a calculation that shares no code with the product.
import fc from "fast-check";
import type { Battery, Island, Tier } from "../../src/allocation/island.ts";

export const HOUR = 3600;

export const battery = (given: Partial<Battery> = {}): Battery => ({
  name: "battery",
  capacityWh: 1000,
  storedWh: 0,
  floorWh: 0,
  chargeWatts: 1000,
  dischargeWatts: 1000,
  roundTripEfficiency: 1,
  ...given,
});

/** Hours of [solar, critical, essential, normal] in Wh; the lower solar is the median unless a fifth number says it. */
export function islandOf(hours: readonly (readonly number[])[], given: Partial<Island> = {}): Island {
  return {
    slotSeconds: HOUR,
    slots: hours.map(([solar = 0, critical = 0, essential = 0, normal = 0, lower = solar], index) => ({
      startsAt: index * HOUR,
      solarWh: { lower, median: solar },
      loadWh: { critical, essential, normal },
    })),
    households: { critical: 1, essential: 1, normal: 1 },
    batteries: [],
    countOn: "median",
    reserveHours: 0,
    ...given,
  };
}

/** Totals in the order in which they matter. `early`: critical Wh times slots to come; reserve: what is short, negative. */
export type Totals = [critical: number, early: number, reserve: number, essential: number, normal: number];

const better = (a: Totals, b: Totals): boolean => {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    if (value !== other) return value > other;
  }
  return false;
};

/** Tries every whole movement of every battery in every hour: for lossless batteries and small whole numbers only. */
export function bestByTrying(island: Island): Totals {
  const { slots, batteries, reserveHours } = island;
  const memory = new Map<string, Totals>();
  const reserveAt = (slot: number) => {
    const room = batteries.reduce((sum, b) => sum + b.capacityWh - Math.min(b.floorWh, b.storedWh), 0);
    let lacking = 0;
    for (let k = 1; k <= reserveHours; k += 1) {
      const hour = slots[slot + k] ?? slots[slot + k - 24];
      if (hour) lacking += Math.max(0, hour.loadWh.critical - hour.solarWh.lower);
    }
    return Math.min(lacking, room);
  };
  function from(slot: number, stored: readonly number[]): Totals {
    const hour = slots[slot];
    if (!hour) return [0, 0, 0, 0, 0];
    const key = `${slot}/${stored.join()}`;
    const known = memory.get(key);
    if (known) return known;
    let best: Totals | undefined;
    const move = (index: number, next: number[], available: number): void => {
      const b = batteries[index];
      if (b) {
        const held = stored[index] ?? 0;
        const lowest = Math.min(b.floorWh, b.storedWh);
        for (let to = lowest; to <= b.capacityWh; to += 1) {
          if (to - held > b.chargeWatts || held - to > b.dischargeWatts) continue;
          move(index + 1, [...next, to], available - (to - held));
        }
        return;
      }
      if (available < 0) return;
      let left = available;
      const serve = (tier: Tier) => {
        const served = Math.min(left, hour.loadWh[tier]);
        left -= served;
        return served;
      };
      const [critical, essential, normal] = [serve("critical"), serve("essential"), serve("normal")];
      const usable = next.reduce(
        (sum, to, i) => sum + to - Math.min(batteries[i]?.floorWh ?? 0, batteries[i]?.storedWh ?? 0),
        0,
      );
      const short = Math.max(0, reserveAt(slot) - usable);
      const rest = from(slot + 1, next);
      const totals: Totals = [
        critical + rest[0],
        critical * (slots.length - slot) + rest[1],
        rest[2] - short,
        essential + rest[3],
        normal + rest[4],
      ];
      if (!best || better(totals, best)) best = totals;
    };
    move(0, [], hour.solarWh[island.countOn]);
    const found = best ?? [0, 0, 0, 0, 0];
    memory.set(key, found);
    return found;
  }
  return from(
    0,
    batteries.map(({ storedWh }) => storedWh),
  );
}

const small = (most: number) => fc.integer({ min: 0, max: most });

/** Lossless batteries and whole numbers, small enough to try everything. */
export const smallIslands = (batteries: number): fc.Arbitrary<Island> =>
  fc
    .record({
      hours: fc.array(fc.tuple(small(5), small(3), small(3), small(3)), { minLength: 1, maxLength: 5 }),
      batteries: fc.array(
        fc.record({ capacity: small(4), stored: small(4), floor: small(2), charge: small(3), discharge: small(3) }),
        { minLength: batteries, maxLength: batteries },
      ),
      reserveHours: batteries === 1 ? small(3) : fc.constant(0),
    })
    .map(({ hours, batteries, reserveHours }) =>
      islandOf(hours, {
        reserveHours,
        batteries: batteries.map((b) =>
          battery({
            capacityWh: b.capacity,
            storedWh: Math.min(b.stored, b.capacity),
            floorWh: Math.min(b.floor, b.capacity),
            chargeWatts: b.charge,
            dischargeWatts: b.discharge,
          }),
        ),
      }),
    );

const wh = (most: number) => fc.double({ min: 0, max: most, noNaN: true });

/** Batteries with losses, any numbers, hours or quarters of hours. */
export const anyIslands: fc.Arbitrary<Island> = fc
  .record({
    quarters: fc.boolean(),
    hours: fc.array(fc.tuple(wh(9000), wh(3000), wh(4000), wh(6000), fc.double({ min: 0, max: 1, noNaN: true })), {
      minLength: 1,
      maxLength: 24,
    }),
    batteries: fc.array(
      fc.record({
        capacityWh: wh(15_000),
        stored: fc.double({ min: 0, max: 1, noNaN: true }),
        floor: fc.double({ min: 0, max: 1, noNaN: true }),
        chargeWatts: wh(5000),
        dischargeWatts: wh(5000),
        roundTripEfficiency: fc.double({ min: 0.3, max: 1, noNaN: true }),
      }),
      { maxLength: 3 },
    ),
    households: fc.record({ critical: small(9), essential: small(9), normal: small(9) }),
    countOn: fc.constantFrom("lower" as const, "median" as const),
    reserveHours: small(12),
  })
  .map(({ quarters, hours, batteries, households, countOn, reserveHours }) => {
    const seconds = quarters ? 900 : HOUR;
    const island = islandOf(
      hours.map(([solar, critical, essential, normal, share]) => [solar, critical, essential, normal, solar * share]),
      {
        households,
        countOn,
        reserveHours,
        slotSeconds: seconds,
        batteries: batteries.map(({ stored, floor, ...b }) =>
          battery({ ...b, storedWh: stored * b.capacityWh, floorWh: floor * b.capacityWh }),
        ),
      },
    );
    return { ...island, slots: island.slots.map((slot, index) => ({ ...slot, startsAt: index * seconds })) };
  });

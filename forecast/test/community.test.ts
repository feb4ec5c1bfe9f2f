import { sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Contribution, publishableSums } from "../src/community/publishable.ts";
import { settleHours } from "../src/community/settle.ts";
import { onBothDatabases } from "./support/databases.ts";
import {
  readingAt,
  rowsOf,
  SLOT,
  startChain,
  startService,
  type TestChain,
  type TestHome,
  type TestService,
} from "./support/world.ts";

const contribution = fc.record({
  owner: fc.integer({ min: 1, max: 16 }).map(String),
  productionWh: fc.nat(9_999),
  consumptionWh: fc.nat(9_999),
  capacityWatts: fc.nat(9_999),
});
/** A wallet has one tier, whatever it owns. */
const homesOf = fc
  .tuple(fc.array(contribution, { maxLength: 30 }), fc.array(fc.nat(3), { minLength: 17, maxLength: 17 }))
  .map(([homes, tiers]) =>
    homes.map((home): Contribution => {
      const tier = (["none", "normal", "essential", "critical"] as const)[tiers[Number(home.owner)] ?? 0] ?? "none";
      return { ...home, tier };
    }),
  );

describe("what may be published", () => {
  it("never isolates fewer than five owners, however published sums are added and subtracted", () => {
    fc.assert(
      fc.property(homesOf, (homes) => {
        const sums = publishableSums(homes);
        const membersOf = (tier: string) => homes.filter((home) => tier === "all" || home.tier === tier);
        const sets = sums.map(({ tier }) => membersOf(tier));
        for (const [index, { consumptionWh, productionWh, homes: count }] of sums.entries()) {
          const members = sets[index] ?? [];
          expect(count).toBe(members.length);
          expect(consumptionWh).toBe(members.reduce((sum, home) => sum + home.consumptionWh, 0));
          expect(productionWh).toBe(members.reduce((sum, home) => sum + home.productionWh, 0));
        }
        // Every combination of sums with weights -1, 0 and 1 that leaves each home in or out.
        for (let code = 0; code < 3 ** sums.length; code += 1) {
          const weights = sums.map((_, place) => (Math.floor(code / 3 ** place) % 3) - 1);
          const shares = homes.map((home) =>
            weights.reduce((sum, weight, place) => sum + (sets[place]?.includes(home) ? weight : 0), 0),
          );
          if (shares.some((share) => share !== 0 && share !== 1)) continue;
          const left = new Set(homes.filter((_, place) => shares[place] === 1).map(({ owner }) => owner));
          expect(left.size === 0 || left.size >= 5).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("publishes what it can", () => {
    const of = (tier: Contribution["tier"], count: number, from: number): Contribution[] =>
      Array.from({ length: count }, (_, index) => ({
        owner: `${from + index}`,
        tier,
        productionWh: 1,
        consumptionWh: 2,
        capacityWatts: 3,
      }));
    const published = (homes: Contribution[]) => publishableSums(homes).map(({ tier, homes: count }) => [tier, count]);
    expect(published(of("normal", 4, 0))).toEqual([]);
    expect(published(of("normal", 5, 0))).toEqual([
      ["all", 5],
      ["normal", 5],
    ]);
    // Three critical homes would be what is left of all less normal.
    expect(published([...of("normal", 6, 0), ...of("critical", 3, 10)])).toEqual([["all", 9]]);
    const three = [...of("normal", 7, 0), ...of("essential", 5, 10), ...of("critical", 3, 20)];
    expect(published(three)).toEqual([
      ["all", 15],
      ["normal", 7],
    ]);
    // Five homes of four owners: one of them knows two.
    expect(published([...of("normal", 4, 0), ...of("normal", 1, 0)])).toEqual([]);
  });
});

onBothDatabases("the community's hours", (place) => {
  let chain: TestChain;
  let service: TestService;
  let hour: number;
  beforeAll(async () => {
    chain = await startChain(6);
    hour = Math.floor((await chain.now()) / 3600) * 3600 - 6 * 3600;
    service = await startService(chain, await place());
  });
  afterAll(async () => {
    await service.close();
    await chain.anvil.stop();
  });

  const send = async (home: TestHome | undefined, start: number, slots = 4, consumptionWh = 100) => {
    if (!home) throw new Error("no such home");
    const readings = Array.from({ length: slots }, (_, slot) => readingAt(start + slot * SLOT, { consumptionWh }));
    expect((await service.send(home, readings)).status).toBe(200);
  };
  const settle = async (quietSeconds = 0) => {
    const registry = await service.services.registry.read();
    return settleHours(service.services.database.db, registry, {
      now: await chain.now(),
      windowSeconds: 86_400,
      quietSeconds,
    });
  };
  const energy = async (query = "") => {
    const response = await service.request(`/api/community/energy${query}`);
    expect(response.status).toBe(200);
    return ((await response.json()) as { data: { hours: Record<string, unknown>[] } }).data.hours;
  };

  it("are public from five homes on, and do not change when a sixth comes late", async () => {
    for (const home of chain.homes.slice(0, 4)) await send(home, hour);
    await settle();
    expect(await energy()).toEqual([]);
    // A home that covers half the hour is none.
    await send(chain.homes[4], hour, 2);
    await settle();
    expect(await energy()).toEqual([]);
    await send(chain.homes[4], hour + 2 * SLOT, 2);
    expect(await settle(3_600)).toBe(0);
    expect(await settle()).toBe(1);
    const published = await energy();
    expect(published).toEqual([
      {
        start: new Date(hour * 1000).toISOString(),
        homes: 5,
        productionWh: 6_000,
        consumptionWh: 2_000,
        capacityWatts: 25_000,
      },
    ]);
    expect(await energy("?tier=normal")).toEqual(published);
    expect(await energy("?tier=critical")).toEqual([]);
    await send(chain.homes[5], hour);
    expect(await settle()).toBe(0);
    expect(await energy()).toEqual(published);
  });

  it("leave no tier whose complement would be a few homes", async () => {
    const last = chain.homes[5] as TestHome;
    await chain.call("setTier", [last.owner.address, 3]);
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    for (const home of chain.homes) await send(home, hour + 3600);
    expect(await settle()).toBe(1);
    const from = `?from=${new Date((hour + 3600) * 1000).toISOString()}`;
    expect(await energy(from)).toMatchObject([{ homes: 6 }]);
    expect(await energy(`${from}&tier=normal`)).toEqual([]);
  });

  it("are published once when replicas do so at the same time", async () => {
    for (const home of chain.homes) await send(home, hour + 7200);
    const counts = await Promise.all([settle(), settle(), settle()]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await rowsOf(service, "community_hour")).toHaveLength(4);
  });

  it("are not put off for ever by a meter that keeps correcting them", async () => {
    const start = hour + 3 * 3600;
    for (const home of chain.homes) await send(home, start);
    const others = sql`start >= ${start} AND start < ${start + 3600} AND house <> ${chain.homes[0]?.id}`;
    const sent = (hoursAgo: number) =>
      service.services.database.db.execute(
        sql`UPDATE reading SET received_at = now() - ${`${hoursAgo} hours`}::interval WHERE ${others}`,
      );
    await sent(23);
    expect(await settle(3_600)).toBe(0);
    await sent(25);
    expect(await settle(3_600)).toBe(1);
  });
});

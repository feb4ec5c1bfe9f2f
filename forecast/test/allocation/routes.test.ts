import { afterAll, describe, expect, it } from "vitest";
import type { z } from "zod";
import type { Island } from "../../src/allocation/island.ts";
import { createPlanner, PlannerError } from "../../src/allocation/planner.ts";
import { UnsolvedError } from "../../src/allocation/program.ts";
import { allocationRoutes } from "../../src/allocation/routes.ts";
import { planSchema } from "../../src/allocation/schemas.ts";
import { AnswerCache } from "../../src/http/answer-cache.ts";
import { ApiError } from "../../src/http/api-error.ts";
import { battery, islandOf } from "../support/islands.ts";
import { mounted } from "../support/mounted.ts";

const planner = createPlanner();
afterAll(() => planner.close());

const asked: unknown[] = [];
const service = (island: () => Island, degraded: string | null = null) =>
  mounted(
    allocationRoutes({
      planner,
      island: async (query) => {
        asked.push(query);
        return { island: { ...island(), countOn: query.countOn }, degraded };
      },
      slotDuration: 900,
      priceCap: async () => 7_920_792n,
      cache: new AnswerCache(),
      cacheMilliseconds: 300_000,
    }),
  );
const day = () => islandOf([[2000, 300, 800, 900, 1000]], { households: { critical: 1, essential: 2, normal: 6 } });
const { get, post } = service(day);

describe("the plan of the community", () => {
  it("says who is served, what is shed and why, and what to declare", async () => {
    const { status, data, headers } = await get("/allocation-plan");
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toMatch(/^public, max-age=(299|300)$/);
    expect(planSchema.safeParse(data).error).toBeUndefined();
    expect(data).toMatchObject({
      status: "some_shed",
      summary: "all critical loads are served; 0.100 kWh of essential and 0.900 kWh of normal loads are shed",
      slots: [
        {
          solarWh: 1000,
          servedWh: { critical: 300, essential: 700, normal: 0 },
          shedWh: { essential: 100, normal: 900 },
        },
      ],
      shed: [
        { tier: "essential", reason: "nothing_left", explanation: expect.stringContaining("no more sun") },
        { tier: "normal" },
      ],
      declarations: [{ essentialWhPerSlot: "87", normalWhPerSlot: "0", endsAt: 3600, priceCap: "7920792" }],
    });
    expect(asked).toEqual([{ hours: 24, countOn: "lower", reserveHours: 4, declarations: 4, storedWh: [] }]);
    expect((await get("/allocation-plan?countOn=median")).data).toMatchObject({
      status: "all_served",
      summary: "all loads are served",
      degraded: false,
      reason: null,
    });
    const weak = service(day, "demand: a simple model stands in");
    expect((await weak.get("/allocation-plan")).data).toMatchObject({
      degraded: true,
      reason: "demand: a simple model stands in",
    });
  });

  it.each([
    ["hours=0", "hours: expected a whole number from 1 to 47"],
    ["hours=48", "hours: expected a whole number from 1 to 47"],
    ["reserveHours=25", "reserveHours: expected a whole number from 0 to 24"],
    ["storedWh=100,x", "storedWh: expected"],
  ])("refuses %s, naming the limit", async (query, message) => {
    const answer = await get(`/allocation-plan?${query}`);
    expect(answer).toMatchObject({ status: 400, message: expect.stringContaining(message) });
  });

  it("is refused where the community may not be told", async () => {
    const few = service(() => {
      throw new ApiError(403, "too_few_homes", "fewer than five");
    });
    expect(await few.get("/allocation-plan")).toMatchObject({ status: 403, message: "fewer than five" });
  });
});

describe("a plan of one's own figures", () => {
  const own = {
    startsAt: "2027-01-01T18:00:00+05:30",
    slots: [
      { solarWh: { lower: 0, median: 100 }, loadWh: { critical: 0, essential: 0, normal: 300 } },
      { solarWh: { lower: 0, median: 0 }, loadWh: { critical: 500, essential: 0, normal: 0 } },
    ],
    households: { critical: 1, essential: 0, normal: 1 },
    batteries: [battery({ storedWh: 400 })],
  };

  it("names what critical loads lack and when", async () => {
    const { data } = await post("/allocation-plan", own);
    expect(planSchema.safeParse(data).error).toBeUndefined();
    expect(data).toMatchObject({
      status: "critical_missing",
      summary:
        "critical loads can't all be served: 0.100 kWh are missing, first 0.100 kWh from 2027-01-01T13:30:00.000Z on",
      slots: [
        { startsAt: "2027-01-01T12:30:00.000Z", storedWh: 400 },
        { servedWh: { critical: 400 }, storedWh: 0 },
      ],
    });
  });

  it.each([
    [{ ...own, slots: [] }, "slots: expected 1 to 96 slots"],
    [{ ...own, batteries: [{ ...battery(), storedWh: 1001 }] }, "batteries.0.storedWh: must not be above capacityWh"],
    [
      { ...own, batteries: [{ ...battery(), roundTripEfficiency: 0 }] },
      "batteries.0.roundTripEfficiency: expected 0.1 to 1",
    ],
    [
      { ...own, slots: [{ ...own.slots[0], solarWh: { lower: -1, median: 0 } }] },
      "slots.0.solarWh.lower: expected Wh from 0 to 1000000000",
    ],
    [{ ...own, startsAt: "tomorrow" }, "startsAt: expected an ISO 8601 time with an offset"],
  ])("refuses what is wrong by its name (%#)", async (body, message) => {
    expect(await post("/allocation-plan", body)).toMatchObject({ status: 400, message });
  });

  it("plans the largest that is taken", async () => {
    const slots = Array.from({ length: 96 }, (_, slot) => ({
      solarWh: { lower: slot * 90, median: slot * 100 },
      loadWh: { critical: 500, essential: 1500, normal: (slot % 7) * 900 },
    }));
    const batteries = Array.from({ length: 10 }, (_, index) =>
      battery({ capacityWh: 5000 + index, roundTripEfficiency: 0.8 + index / 100 }),
    );
    const { status, data } = await post("/allocation-plan", { ...own, slotSeconds: 900, slots, batteries });
    expect(status).toBe(200);
    expect(data?.slots).toHaveLength(96);
  });

  it("keeps no community waiting, however many islands strangers make up", async () => {
    const posted = Promise.all(Array.from({ length: 16 }, () => post("/allocation-plan", own)));
    expect((await service(day).get("/allocation-plan?hours=3")).status).toBe(200);
    const statuses = (await posted).map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array(3).fill(200), ...Array(13).fill(503)]);
  });

  it("plans islands of any size that is taken, up to a GWh a slot", async () => {
    const large = (most: number) => {
      let state = 7;
      const amount = () => {
        state = (state * 48_271) % 2_147_483_647;
        return Math.round((state / 2_147_483_647) * most);
      };
      const slots = Array.from({ length: 24 }, () => ({
        solarWh: { lower: amount(), median: most },
        loadWh: { critical: amount(), essential: amount(), normal: amount() },
      }));
      const batteries = Array.from({ length: 3 }, () =>
        battery({ capacityWh: most, storedWh: amount(), chargeWatts: amount(), dischargeWatts: most }),
      );
      return { ...own, slots, batteries, reserveHours: 24 };
    };
    for (const most of [1e6, 1e7, 1e8, 1e9]) {
      const { status, data } = await post("/allocation-plan", large(most));
      expect(status, `up to ${most} Wh`).toBe(200);
      // What is served, stored and lost is what there is.
      for (const [index, slot] of ((data?.slots ?? []) as z.output<typeof planSchema>["slots"]).entries()) {
        const { servedWh, solarWh, chargedWh, dischargedWh, curtailedWh, shedWh } = slot;
        const served = servedWh.critical + servedWh.essential + servedWh.normal;
        expect(Math.abs(solarWh + dischargedWh - served - chargedWh - curtailedWh)).toBeLessThan(1 + most * 1e-8);
        const { loadWh } = large(most).slots[index] ?? { loadWh: { critical: 0 } };
        expect(Math.abs(servedWh.critical + shedWh.critical - loadWh.critical)).toBeLessThan(1 + most * 1e-8);
      }
    }
  });

  it("is 503 where the thread fails and 422 where the solver finds nothing, never 500", async () => {
    const failing = (error: Error) =>
      mounted(
        allocationRoutes({
          planner: { plan: () => Promise.reject(error), close: async () => {} },
          island: async () => ({ island: day(), degraded: null }),
          slotDuration: 900,
          priceCap: async () => null,
          cache: new AnswerCache(),
          cacheMilliseconds: 300_000,
        }),
      );
    const broken = failing(new PlannerError("no plan after 10000 ms"));
    expect(await broken.get("/allocation-plan")).toMatchObject({
      status: 503,
      message: expect.stringMatching(/again/),
    });
    const unsolved = failing(new UnsolvedError("HiGHS ended with model status 15"));
    const message = expect.stringMatching(/largest and the smallest/);
    expect(await unsolved.post("/allocation-plan", own)).toMatchObject({ status: 422, message });
  });
});

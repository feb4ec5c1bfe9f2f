// Prices and plans as the service makes them: readings in, forecasts trained, answers out.
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { planSchema } from "../src/allocation/schemas.ts";
import { settleHours } from "../src/community/settle.ts";
import { Jobs } from "../src/forecasts/jobs.ts";
import { priceSchema } from "../src/price/routes.ts";
import { readingAt, SLOT, startChain, startService, type TestChain, type TestService } from "./support/world.ts";

const HOUR = 3600;
const DAYS = 15;
const BATTERY = {
  name: "school",
  capacityWh: 6000,
  floorWh: 600,
  chargeWatts: 3000,
  dischargeWatts: 3000,
  roundTripEfficiency: 0.9,
};

let chain: TestChain;
let service: TestService;
let jobs: Jobs;
/** The first full hour to come. */
let next: number;

beforeAll(async () => {
  chain = await startChain(6);
  // Critical, essential and four normal homes.
  for (const [index, tier] of [3, 2].entries()) await chain.call("setTier", [chain.homes[index]?.owner.address, tier]);
  service = await startService(chain, { kind: "pglite" }, { clockSpeed: 600, batteries: [BATTERY] });
  jobs = new Jobs(service.services, service.services.engine, pino({ enabled: false }));
}, 60_000);
afterAll(async () => {
  await jobs.stop();
  await service.close();
  await chain.anvil.stop();
});

const sun = (start: number) => Math.round(1500 * Math.max(0, Math.sin((((start / HOUR) % 24) / 12 - 0.5) * Math.PI)));

async function get(path: string) {
  const response = await service.request(`/api${path}`);
  const body = (await response.json()) as { data: unknown; error: { code: string; message: string } | null };
  return { status: response.status, ...body };
}
const price = async (query = "") => priceSchema.parse((await get(`/price${query}`)).data);

it("before there are forecasts the middle of the range is the price, and there is no plan", async () => {
  expect(await price()).toMatchObject({
    model: "mid_market",
    market: { lowestPerKwh: "3.00", highestPerKwh: "7.920792", midMarketPerKwh: "5.460396", supplyDemandPerKwh: null },
    degraded: true,
    reason: expect.stringContaining("fewer than 5 owners"),
  });
  expect(await get("/allocation-plan")).toMatchObject({ status: 403, error: { code: "too_few_homes" } });
  expect(await get("/market-analysis")).toMatchObject({
    status: 503,
    error: { message: expect.stringContaining("INDEXER_URL") },
  });
});

it("before the first training says of prices and plans that simple forecasts stand in", async () => {
  const end = Math.floor((await chain.now()) / HOUR) * HOUR;
  next = end + HOUR;
  for (const home of chain.homes) {
    const readings = Array.from({ length: DAYS * 24 }, (_, back) => {
      const start = end - (back + 1) * HOUR;
      return readingAt(start, {
        lengthSeconds: HOUR,
        productionWh: sun(start),
        consumptionWh: 380 + ((start / HOUR) % 24) * 2,
      });
    });
    expect((await service.send(home, readings)).status).toBe(200);
  }
  const { database, registry, clock } = service.services;
  const window = { now: await clock.now(), windowSeconds: (DAYS + 1) * 86_400, quietSeconds: 0 };
  await settleHours(database.db, await registry.read(), window);
  // What was answered while there were no homes is kept for half a second.
  await expect
    .poll(() => price(), { timeout: 5_000 })
    .toMatchObject({
      model: "supply_demand",
      degraded: true,
      reason: expect.stringContaining("not trained yet"),
    });
  expect((await get("/allocation-plan?hours=1")).data).toMatchObject({
    degraded: true,
    reason: expect.stringMatching(/demand: community-demand-mean is not trained yet; solar: .* is not trained yet/),
  });
});

it("is dear in the night and the feed-in tariff at noon, when all homes have more than they need", async () => {
  await jobs.round();
  await jobs.trained();
  const hours = Array.from({ length: 22 }, (_, index) => next + index * HOUR);
  const at = (of: (wh: number) => boolean) => (hours.find((start) => of(sun(start))) ?? 0) / SLOT;
  const [night, noon] = [await price(`?slot=${at((wh) => wh === 0)}`), await price(`?slot=${at((wh) => wh > 1200)}`)];
  expect(night).toMatchObject({ model: "supply_demand", pricePerKwh: "7.920792", degraded: false });
  expect(night.market?.bid).toMatchObject({ pricePerKwh: "8.00", chance: { basis: "forecast", probability: 0 } });
  expect(noon).toMatchObject({ model: "supply_demand", pricePerKwh: "3.00", degraded: false });
  expect(noon.market?.ask.pricePerKwhBaseUnits).toBe("3000000");
}, 90_000);

it("plans the day of six homes by what is public of them: a sixth of the load is critical, a sixth essential", async () => {
  const { status, data } = await get("/allocation-plan?storedWh=3000");
  expect(status).toBe(200);
  const plan = planSchema.parse(data);
  // All days of these homes are alike, which is what it says instead.
  expect(plan.reason).not.toContain("not trained yet");
  expect(plan.slots).toHaveLength(24);
  expect(plan.slots[0]?.startsAt).toBe(new Date(next * 1000).toISOString());
  for (const { servedWh, shedWh } of plan.slots) {
    const load = (tier: "critical" | "essential" | "normal") => servedWh[tier] + shedWh[tier];
    expect(Math.abs(load("critical") - 400)).toBeLessThan(80);
    expect(load("critical")).toBeCloseTo(load("essential"), 0);
    // Each is rounded to tenths.
    expect(Math.abs(load("critical") * 4 - load("normal"))).toBeLessThan(0.5);
  }
  expect(plan.declarations.length).toBeGreaterThan(0);
  expect(plan.declarations[0]?.priceCap).toBe("7920792");
  expect(await get("/allocation-plan?storedWh=6001")).toMatchObject({
    status: 400,
    error: { message: /at most 6000 Wh/ },
  });
  expect(await get("/allocation-plan?storedWh=1,2")).toMatchObject({
    status: 400,
    error: { message: /there are 1 batteries/ },
  });
});

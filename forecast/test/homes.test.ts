import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Jobs } from "../src/forecasts/jobs.ts";
import { keepIssued } from "../src/forecasts/track-record.ts";
import { onBothDatabases } from "./support/databases.ts";
import {
  readingAt,
  rowsOf,
  startChain,
  startService,
  type TestChain,
  type TestHome,
  type TestService,
} from "./support/world.ts";

const HOUR = 3600;

/** Four days of six homes, from which everything that follows is made. */
async function fill(chain: TestChain, service: TestService): Promise<void> {
  const end = Math.floor((await chain.now()) / HOUR) * HOUR;
  for (const [index, home] of chain.homes.entries()) {
    const readings = Array.from({ length: 96 }, (_, back) => {
      const start = end - (back + 1) * HOUR;
      const daylight = Math.max(0, Math.sin((((start / HOUR) % 24) / 12 - 0.5) * Math.PI));
      const productionWh = Math.round(2_000 * daylight);
      return readingAt(start, {
        lengthSeconds: HOUR,
        productionWh,
        consumptionWh: 300 + index * 10 + ((start / HOUR) % 24),
      });
    });
    expect((await service.send(home, readings)).status).toBe(200);
  }
}

onBothDatabases("a home", (place) => {
  let chain: TestChain;
  let service: TestService;
  let jobs: Jobs;
  let [home, other] = [] as unknown as [TestHome, TestHome];
  let tokens: { owner: string; other: string };

  beforeAll(async () => {
    chain = await startChain(6);
    [home, other] = chain.homes as [TestHome, TestHome];
    // A clock this fast settles hours at once.
    service = await startService(chain, await place(), { clockSpeed: 3_600_000 });
    jobs = new Jobs(service.services, service.services.engine, pino({ enabled: false }));
    await fill(chain, service);
    tokens = { owner: await service.signIn(home.owner), other: await service.signIn(other.owner) };
    await new Promise((resolve) => setTimeout(resolve, 10));
    await jobs.round();
    await jobs.trained();
  });
  afterAll(async () => {
    await jobs.stop();
    await service.close();
    await chain.anvil.stop();
  });

  const profile = {
    latitude: 18.52,
    longitude: 73.85,
    timeZone: "Asia/Kolkata",
    tiltDegrees: 20,
    azimuthDegrees: 180,
    capacityWatts: null,
  };

  it("is its owner's alone, at every door", async () => {
    const doors: [string, string, unknown?][] = [
      ["GET", `/api/homes/${home.id}/readings`],
      ["GET", `/api/homes/${home.id}/readings?replaced=true`],
      ["GET", `/api/homes/${home.id}/export`],
      ["GET", `/api/homes/${home.id}/export?format=csv`],
      ["GET", `/api/homes/${home.id}/forecasts`],
      ["PUT", `/api/homes/${home.id}/profile`, profile],
      ["POST", "/api/forecast", { houseId: home.id, hours: 24 }],
      ["GET", `/api/forecast?houseId=${home.id}`],
      ["GET", `/api/solar-forecast?houseId=${home.id}`],
      ["DELETE", `/api/homes/${home.id}/data`],
    ];
    // Once as the owner first, so that caches are warm for whoever comes next.
    for (const [method, path, json] of doors.slice(0, -1)) {
      const answer = await service.request(path, { method, json, token: tokens.owner });
      expect([path, answer.status]).toEqual([path, 200]);
      // No cache on the way may keep it, or hand it on without asking.
      expect(answer.headers.get("cache-control")).toMatch(/^(no-store|private, no-cache)$/);
      if (method === "GET") expect((await answer.text()).length).toBeGreaterThan(60);
    }
    for (const [method, path, json] of doors) {
      const headers = { "if-none-match": "*" };
      for (const [token, status] of [
        [undefined, 401],
        ["x".repeat(43), 401],
        [tokens.other, 403],
      ] as const) {
        const answer = await service.request(path, { method, json, headers, ...(token !== undefined && { token }) });
        const text = await answer.text();
        expect([path, answer.status]).toEqual([path, status]);
        expect(answer.headers.get("cache-control")).toBe("no-store");
        const body = JSON.parse(text) as { data: unknown };
        expect(body.data).toBeNull();
        expect(text).not.toMatch(/kwh|Wh|latitude|start/i);
      }
    }
    const listed = async (token?: string) => service.request("/api/homes", token === undefined ? {} : { token });
    expect((await listed()).status).toBe(401);
    const { data } = (await (await listed(tokens.other)).json()) as { data: { houseId: string }[] };
    expect(data.map(({ houseId }) => houseId)).toEqual([other.id]);
    // And no forecast of the community shows which homes it is made of.
    const open = await (await service.request("/api/forecast")).text();
    for (const { id, owner } of chain.homes) {
      expect(open).not.toContain(id);
      expect(open.toLowerCase()).not.toContain(owner.address.toLowerCase());
    }
    expect(await rowsOf(service, "reading")).toHaveLength(6 * 96);
  });

  it("shows its owner what is kept, to read and to take away", async () => {
    const { data } = (await (await service.request("/api/homes", { token: tokens.owner })).json()) as {
      data: unknown[];
    };
    expect(data).toMatchObject([{ houseId: home.id, readings: 96, capacityWatts: 5_000, tier: "normal", profile }]);
    const csv = await (
      await service.request(`/api/homes/${home.id}/export?format=csv`, { token: tokens.owner })
    ).text();
    const lines = csv.trim().split("\n");
    expect(lines).toHaveLength(97);
    expect(lines[1]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:00:00Z,3600,\d\.\d{3},0\.3\d\d,21.5,1$/);
    const json = await (await service.request(`/api/homes/${home.id}/export`, { token: tokens.owner })).json();
    expect(json).toMatchObject({ house: { id: home.id }, profile, replaced: [] });
    expect((json as { readings: unknown[] }).readings).toHaveLength(96);
    const wrong = await service.request(`/api/homes/${home.id}/profile`, {
      method: "PUT",
      token: tokens.owner,
      json: { ...profile, latitude: 91 },
    });
    expect([wrong.status, ((await wrong.json()) as { error: { message: string } }).error.message]).toEqual([
      400,
      "latitude: expected -90 to 90 degrees",
    ]);
  });

  it("shows its owner what was forecast of each hour before it", async () => {
    const origin = Math.floor((await chain.now()) / HOUR) * HOUR - 2 * HOUR;
    const sold = chain.homes[5] as TestHome;
    const [model] = service.services.engine.models.filter(
      (one) => one.model.scope === "home" && one.model.target === "load",
    );
    const [lowerWh, pointWh, upperWh] = [100, 250, 400].map((wh) => Float64Array.of(wh, wh + 1));
    if (!model || !lowerWh || !pointWh || !upperWh) throw new Error("no model");
    for (const { id } of [home, sold]) {
      await keepIssued(service.services.database.db, id, [
        { target: "load", model: model.model.name, origin, degraded: null, lowerWh, pointWh, upperWh },
      ]);
    }
    const forecastsOf = async (house: string, token: string) => {
      const answer = await service.request(`/api/homes/${house}/forecasts?target=load`, { token });
      return ((await answer.json()) as { data: { hours: unknown[] } }).data.hours;
    };
    const soldTo = await service.signIn(sold.owner);
    for (const [house, token] of [
      [home.id, tokens.owner],
      [sold.id, soldTo],
    ] as const) {
      expect(await forecastsOf(house, token)).toMatchObject([
        { start: new Date(origin * 1000).toISOString(), lowerKwh: 0.1, expectedKwh: 0.25, upperKwh: 0.4 },
        { start: new Date((origin + HOUR) * 1000).toISOString(), lowerKwh: 0.101, expectedKwh: 0.251, upperKwh: 0.401 },
      ]);
    }
  });

  it("is seen by a new owner from then on, and by the old one no more", async () => {
    const sold = chain.homes[5] as TestHome;
    const buyer = other.owner;
    const before = await service.signIn(sold.owner);
    await chain.call("updateHouse", [sold.meter.address, buyer.address, 5_000]);
    // The chain is asked for owners twice a second at most.
    await new Promise((resolve) => setTimeout(resolve, 600));
    const path = `/api/homes/${sold.id}/readings`;
    expect((await service.request(path, { token: before })).status).toBe(403);
    const answer = await service.request(path, { token: tokens.other });
    expect(((await answer.json()) as { data: { readings: unknown[] } }).data.readings).toEqual([]);
    const forecasts = await service.request(`/api/homes/${sold.id}/forecasts`, { token: tokens.other });
    expect(((await forecasts.json()) as { data: { hours: unknown[] } }).data.hours).toEqual([]);
    const text = await (await service.request(`/api/homes/${sold.id}/export`, { token: tokens.other })).text();
    expect((JSON.parse(text) as { readings: unknown[] }).readings).toEqual([]);
  });

  it("is gone when its owner deletes it, and an old signed batch does not bring it back", async () => {
    const start = (await rowsOf(service, "reading")).find(({ house }) => house === home.id)?.start;
    const old = readingAt(Number(start), { lengthSeconds: HOUR, consumptionWh: 999, version: 2 });
    expect((await service.send(home, [old])).status).toBe(200);
    const published = await (await service.request("/api/community/energy")).json();
    const origin = Math.floor((await chain.now()) / HOUR) * HOUR;
    const deleted = await service.request(`/api/homes/${home.id}/data`, { method: "DELETE", token: tokens.owner });
    expect(await deleted.json()).toMatchObject({ data: { deletedReadings: 96 } });
    // What was being forecast of it meanwhile.
    const wh = Float64Array.of(1, 2);
    const issued = {
      target: "load",
      model: "any",
      origin,
      degraded: null,
      lowerWh: wh,
      pointWh: wh,
      upperWh: wh,
    } as const;
    await keepIssued(service.services.database.db, home.id, [issued]);
    for (const table of ["reading", "reading_version", "house_profile", "score"]) {
      const left = await rowsOf(service, table);
      expect(left.filter((row) => row.house === home.id || row.subject === home.id)).toEqual([]);
    }
    expect((await rowsOf(service, "forecast_issued")).filter(({ subject }) => subject === home.id)).toEqual([]);
    const again = await service.send(home, [old]);
    expect(again.status).toBe(422);
    expect(((await again.json()) as { error: { message: string } }).error.message).toContain("its owner has deleted");
    const forecast = await service.request(`/api/forecast?houseId=${home.id}`, { token: tokens.owner });
    expect(((await forecast.json()) as { data: { degraded: boolean } }).data.degraded).toBe(true);
    // The sums name nobody, and their change would name this home.
    const { data } = (await (await service.request("/api/community/energy")).json()) as { data: unknown };
    expect(data).toEqual((published as { data: unknown }).data);
  });
});

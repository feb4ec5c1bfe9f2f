import type { MeteredReading } from "@gridx/contracts";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { onBothDatabases } from "./support/databases.ts";
import {
  lastSlot,
  readingAt,
  rowsOf,
  SLOT,
  startChain,
  startService,
  type TestChain,
  type TestHome,
  type TestService,
} from "./support/world.ts";

let chain: TestChain;
let home: TestHome;
let last: number;

beforeAll(async () => {
  chain = await startChain(2);
  home = chain.homes[0] as TestHome;
  last = lastSlot(await chain.now());
});
afterAll(() => chain.anvil.stop());

const dataOf = async (response: Response) => {
  expect(response.status).toBe(200);
  return ((await response.json()) as { data: unknown }).data;
};
const errorOf = async (response: Response, status: number) => {
  expect(response.status).toBe(status);
  return ((await response.json()) as { error: { code: string; message: string; field: string; rejected: unknown[] } })
    .error;
};

onBothDatabases("readings", (place) => {
  let service: TestService;
  beforeEach(async () => {
    service = await startService(chain, await place());
  });
  afterEach(() => service.close());

  const stored = async (token: string, query = "") => {
    const response = await service.request(`/api/homes/${home.id}/readings${query}`, { token });
    return (await dataOf(response)) as { readings: Record<string, unknown>[]; more: boolean };
  };

  it("lands a signed batch, and the same batch again changes nothing", async () => {
    const readings = [0, 1, 2].map((back) => readingAt(last - back * SLOT));
    expect(await dataOf(await service.send(home, readings))).toEqual({
      accepted: 3,
      corrected: 0,
      unchanged: 0,
      rejected: [],
    });
    expect(await dataOf(await service.send(home, readings))).toEqual({
      accepted: 0,
      corrected: 0,
      unchanged: 3,
      rejected: [],
    });
    const { readings: kept, more } = await stored(await service.signIn(home.owner), "?limit=2");
    expect(more).toBe(true);
    expect(kept[0]).toEqual({
      start: new Date((last - 2 * SLOT) * 1000).toISOString().replace(".000Z", "Z"),
      lengthSeconds: SLOT,
      productionWh: 300,
      consumptionWh: 120,
      temperatureCelsius: 21.5,
      version: 1,
    });
  });

  it("names each bad reading with its field and limit, and lands the others", async () => {
    const bad: [Partial<MeteredReading>, string, RegExp][] = [
      [{ start: last + SLOT * 3 }, "start", /after now/],
      [{ start: last - 13 }, "start", /multiple of 900/],
      [{ start: last - 70 * 86_400 - (last % SLOT) }, "start", /spans at most 5356800 s/],
      [{ lengthSeconds: 7 }, "lengthSeconds", /divisor of 3600 from 60 to 3600, got 7/],
      [{ lengthSeconds: 7_200 }, "lengthSeconds", /divisor/],
      [{ productionWh: 1_876 }, "productionWh", /at most 1875 .*5000 W.* got 1876/],
      [{ consumptionWh: 25_001 }, "consumptionWh", /at most 25000 .* got 25001/],
      [{ temperatureCentiCelsius: 6_001 }, "temperatureCentiCelsius", /-6000 to 6000, got 6001/],
      [{ version: 0 }, "version", /1 to 1000, got 0/],
    ];
    const readings = bad.map(([change], index) => readingAt(last - (index + 1) * SLOT, change));
    const answer = await dataOf(await service.send(home, [readingAt(last), ...readings]));
    const { accepted, rejected } = answer as {
      accepted: number;
      rejected: { index: number; field: string; message: string }[];
    };
    expect(accepted).toBe(1);
    expect(rejected.map(({ index, field }) => [index, field])).toEqual(
      bad.map(([, field], index) => [index + 1, field]),
    );
    for (const [index, [, , message]] of bad.entries()) expect(rejected[index]?.message).toMatch(message);
    const limit = { productionWh: 1_875, consumptionWh: 25_000, temperatureCentiCelsius: -6_000, version: 1_000 };
    expect(await dataOf(await service.send(home, [readingAt(last - SLOT, limit)]))).toMatchObject({ accepted: 1 });
  });

  it("keeps what a correction replaces, and an old batch sent again does not bring it back", async () => {
    const first = [readingAt(last), readingAt(last - SLOT)];
    await service.send(home, first);
    const again = readingAt(last, { consumptionWh: 130 });
    expect((await errorOf(await service.send(home, [again]), 422)).message).toMatch(
      /^batches\.0\.readings\.0\.version: version 1 of this reading is known with other values/,
    );
    const corrected = { ...again, version: 2 };
    expect(await dataOf(await service.send(home, [corrected]))).toMatchObject({ corrected: 1 });
    expect(await dataOf(await service.send(home, first))).toMatchObject({ accepted: 0, corrected: 0, unchanged: 2 });
    const token = await service.signIn(home.owner);
    expect((await stored(token)).readings).toMatchObject([{ consumptionWh: 120 }, { consumptionWh: 130, version: 2 }]);
    expect((await stored(token, "?replaced=true")).readings).toMatchObject([{ consumptionWh: 120, version: 1 }]);
  });

  it("refuses intervals that overlap", async () => {
    const hour = Math.floor(last / 3600) * 3600 - 3600;
    await service.send(home, [readingAt(hour + SLOT)]);
    const longer = readingAt(hour, { lengthSeconds: 3600 });
    expect((await errorOf(await service.send(home, [longer]), 422)).message).toContain("overlaps the reading of 900 s");
    const shorter = readingAt(hour + SLOT, { lengthSeconds: 300, version: 2 });
    expect((await errorOf(await service.send(home, [shorter]), 422)).field).toBe("batches.0.readings.0.start");
  });

  it("takes in what the meter signed for this contract and nothing else", async () => {
    const other = chain.homes[1] as TestHome;
    const readings = [readingAt(last)];
    expect(await errorOf(await service.send(home, readings, other.meter), 422)).toMatchObject({
      code: "readings_rejected",
      field: "batches.0.signature",
    });
    const foreign = { ...chain, deployment: { ...chain.deployment, chainId: 137 } };
    const signedElsewhere = await startService(chain, { kind: "pglite" });
    const { signMeteredBatch } = await import("@gridx/contracts");
    const signature = await signMeteredBatch(home.meter, foreign.deployment, readings);
    const batch = { meter: home.meter.address, readings, signature };
    const sent = await service.request("/api/readings", { method: "POST", json: { batches: [batch] } });
    expect((await errorOf(sent, 422)).field).toBe("batches.0.signature");
    await signedElsewhere.close();
    // A changed reading is not what was signed.
    const honest = await signMeteredBatch(home.meter, chain.deployment, readings);
    const changed = { meter: home.meter.address, readings: [readingAt(last, { consumptionWh: 1 })], signature: honest };
    const forged = await service.request("/api/readings", { method: "POST", json: { batches: [changed] } });
    expect((await errorOf(forged, 422)).field).toBe("batches.0.signature");
    const stranger = { ...home, meter: home.owner };
    expect((await errorOf(await service.send(stranger, readings), 422)).message).toContain("no present meter");
    expect(await rowsOf(service, "reading")).toEqual([]);
    // One bad batch leaves the others alone.
    const both = { batches: [batch, { ...changed, readings }] };
    const mixed = await service.request("/api/readings", { method: "POST", json: both });
    expect(await dataOf(mixed)).toMatchObject({ accepted: 1, rejected: [{ batch: 0, field: "signature" }] });
  });

  it("takes in a good batch behind ninety-nine wrong ones, each of which is named", async () => {
    const { signMeteredBatch } = await import("@gridx/contracts");
    const readings = [readingAt(last)];
    const signature = await signMeteredBatch(home.meter, chain.deployment, readings);
    const good = { meter: home.meter.address, readings, signature };
    const wrong = { ...good, readings: [readingAt(last, { consumptionWh: 1 })] };
    const batches = [...Array(99).fill(wrong), good];
    const sent = await service.request("/api/readings", { method: "POST", json: { batches } });
    const { accepted, rejected } = (await dataOf(sent)) as { accepted: number; rejected: { field: string }[] };
    expect([accepted, rejected.length, new Set(rejected.map(({ field }) => field))]).toEqual([
      1,
      99,
      new Set(["signature"]),
    ]);
  });

  it("takes a thousand readings at once and no more", async () => {
    const readings = Array.from({ length: 1_000 }, (_, back) => readingAt(last - back * SLOT));
    expect(await dataOf(await service.send(home, readings))).toMatchObject({ accepted: 1_000 });
    const more = await service.send(home, [...readings, readingAt(last - 1_000 * SLOT)]);
    expect((await errorOf(more, 400)).message).toBe("batches: expected at most 1000 readings in all");
  });

  it("stores each interval once when the same batch comes in many times at once", async () => {
    const readings = [0, 1, 2, 3].map((back) => readingAt(last - back * SLOT));
    const answers = await Promise.all(Array.from({ length: 8 }, () => service.send(home, readings)));
    const counts = (await Promise.all(answers.map(dataOf))) as { accepted: number }[];
    expect(counts.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(4);
    expect(await rowsOf(service, "reading")).toHaveLength(4);
  });
});

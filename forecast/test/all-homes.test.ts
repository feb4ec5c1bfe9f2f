// What everybody is told of forecasts of homes does not tell one home's.
import { afterAll, expect, it } from "vitest";
import type { House, Registry } from "../src/chain/registry.ts";
import { openDatabase } from "../src/database/database.ts";
import { admitted } from "../src/forecasts/admission.ts";
import { AllHomes, type AllHomesOptions } from "../src/forecasts/all-homes.ts";
import { deleteHome } from "../src/homes/home-data.ts";

const database = await openDatabase({ kind: "pglite" }, "31337-a");
afterAll(() => database.close());

const HOUR = 3600;
const idOf = (level: number) => `0x${String(level).padStart(40, "0")}`;
const levels = new Map<string, number>();
let [origin, trained] = [100 * HOUR, true];
const line = (wh: number) => new Float64Array(26).fill(wh);
const forecast = (wh: number) => ({ lowerWh: line(wh), pointWh: line(wh), upperWh: line(wh), degraded: null });

/** A service of its own on the one database, with homes at the levels that `levels` has. */
function service() {
  const engine = {
    origin: async () => origin,
    hasBest: () => trained,
    home: async ({ id, ownerSince }: House) => {
      const loadWh = line(levels.get(id) ?? 0);
      return { id, series: { id: `${id}/${ownerSince}`, startSeconds: origin - 26 * HOUR, loadWh, pvWh: loadWh } };
    },
    withWeather: async (subject: unknown) => subject,
    forecast: ({ id }: { id: string }) => forecast(levels.get(id) ?? 0),
  };
  const all = () => [...levels.keys()].map((id) => ({ id, owner: `owner of ${id}`, ownerSince: 1, active: true }));
  const homes = new AllHomes({
    engine: engine as unknown as AllHomesOptions["engine"],
    registry: { read: async () => ({ all }) as unknown as Registry },
    admit: (candidates) => admitted(database.db, candidates),
    hours: 26,
    keepMilliseconds: 0,
  });
  return async () => (await homes.read())?.homes.map(({ load }) => load.pointWh[0]) ?? null;
}

it("lets homes in five owners at a time, in a service that starts again too", async () => {
  const told = service();
  const join = (...names: number[]) => {
    for (const level of names) levels.set(idOf(level), level);
    origin += HOUR;
  };
  join(1, 2, 3, 4);
  expect(await told()).toEqual([]);
  join(5, 6);
  expect(await told()).toEqual([1, 2, 3, 4, 5, 6]);
  join(7, 8, 9, 10);
  expect(await told()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(await service()()).toEqual([1, 2, 3, 4, 5, 6]);
  // Who has deleted what is kept of a home does not come back alone.
  await deleteHome(database.db, idOf(6), 0);
  origin += HOUR;
  expect(await told()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  await deleteHome(database.db, idOf(6), 0);
  origin += HOUR;
  expect(await told()).toEqual([1, 2, 3, 4, 5, 7, 8, 9, 10]);
});

it("is made once an hour, whatever comes in; before the training anew each time", async () => {
  const told = service();
  const before = await told();
  levels.set(idOf(1), 100);
  expect(await told()).toEqual(before);
  origin += HOUR;
  expect(await told()).toEqual([100, ...(before ?? []).slice(1)]);
  trained = false;
  const early = service();
  await early();
  levels.set(idOf(1), 200);
  expect((await early())?.[0]).toBe(200);
});

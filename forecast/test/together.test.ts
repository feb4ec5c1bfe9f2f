import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../src/database/database.ts";
import { Together } from "../src/database/together.ts";
import { SeriesStore } from "../src/forecasts/series-store.ts";
import { deleteHome } from "../src/homes/home-data.ts";

describe("reads for all who ask at the same moment", () => {
  const counted = () => {
    const together = new Together();
    let asked = 0;
    const ask = async () => {
      asked += 1;
      await nextTurn();
      return asked;
    };
    return () => together.read("a", ask);
  };

  it("are asked once, and anew for whoever comes later", async () => {
    const read = counted();
    expect(await Promise.all([read(), read(), read()])).toEqual([1, 1, 1]);
    expect(await read()).toBe(2);
  });

  it("fail for all who asked, and for nobody later", async () => {
    const together = new Together();
    const failing = () => together.read("a", () => Promise.reject(new Error("gone")));
    expect((await Promise.allSettled([failing(), failing()])).map(({ status }) => status)).toEqual([
      "rejected",
      "rejected",
    ]);
    expect(await together.read("a", async () => 1)).toBe(1);
  });
});

it("a home's read that began before its data were deleted serves nobody who knows of the deletion", async () => {
  const { db, close } = await openDatabase({ kind: "pglite" }, "31337-a");
  const id = "0x00000000000000000000000000000000000000aa";
  const gate = () => {
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    return { open, opened };
  };
  const [reached, passed] = [gate(), gate()];
  let isFirst = true;
  // The first read of the hours takes until it is let go.
  const slow = new Proxy(db, {
    get: (target, name) => {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== "function") return value;
      if (name !== "execute" || !isFirst) return value.bind(target);
      return async (query: Parameters<typeof db.execute>[0]) => {
        isFirst = false;
        reached.open();
        await passed.opened;
        return db.execute(query);
      };
    },
  });
  const store = new SeriesStore(slow, { latitude: 0, longitude: 0, timeZone: "UTC" });
  const house = { id, meter: id, owner: id, ownerSince: 0, capacityWatts: 1, active: true, tier: "none" } as const;
  const before = store.home(house);
  await reached.opened;
  // By another replica.
  await deleteHome(db, id, 1_800_000_000);
  const epoch = await store.epochOf(id);
  const after = store.home(house);
  passed.open();
  await before;
  expect((await after).epoch).toBe(epoch);
  await close();
});

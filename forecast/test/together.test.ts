import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Together } from "../src/database/together.ts";

describe("reads for all who ask at the same moment", () => {
  const counted = () => {
    const together = new Together();
    let asked = 0;
    const ask = async () => {
      asked += 1;
      await nextTurn();
      return asked;
    };
    return { together, read: () => together.read("a", ask) };
  };

  it("are asked once, and anew for whoever comes later", async () => {
    const { read } = counted();
    expect(await Promise.all([read(), read(), read()])).toEqual([1, 1, 1]);
    expect(await read()).toBe(2);
  });

  it("are not for those who come after something was written", async () => {
    const { together, read } = counted();
    const before = read();
    await nextTurn();
    together.forget("a");
    const after = read();
    expect(after).not.toBe(before);
    await before;
    // What began before the write takes nothing from those who came after it.
    expect(read()).toBe(after);
    await after;
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

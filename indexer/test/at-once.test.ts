import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { createAtOnce } from "../src/api/at-once.ts";

/** Queries that end when they are told to. */
function service(patienceMs: number) {
  const ends: (() => void)[] = [];
  let running = 0;
  let mostRunning = 0;
  const app = new Hono()
    .use(createAtOnce({ most: 2, patienceMs, mostWaiting: 3 }, (c, message) => c.text(message, 503)))
    .get("/", async (c) => {
      running += 1;
      mostRunning = Math.max(mostRunning, running);
      await new Promise<void>((resolve) => ends.push(resolve));
      running -= 1;
      if (c.req.query("fails") !== undefined) throw new Error("gone");
      return c.text("done");
    })
    .onError((_, c) => c.text("failed", 500));
  const ask = async (path = "/") => (await app.request(path)).status;
  const end = async () => {
    await expect.poll(() => ends.length).toBeGreaterThan(0);
    ends.shift()?.();
  };
  return { ask, end, mostRunning: () => mostRunning };
}

describe("queries that are many at once", () => {
  it("run so many at a time, wait in turn, and are refused where too many wait", async () => {
    const { ask, end, mostRunning } = service(60_000);
    const asked = Array.from({ length: 5 }, (_, index) => ask(index === 0 ? "/?fails" : "/"));
    expect(await ask()).toBe(503);
    for (const _ of asked) await end();
    expect(await Promise.all(asked)).toEqual([500, 200, 200, 200, 200]);
    expect(mostRunning()).toBe(2);
    // All places are free again.
    const later = [ask(), ask()];
    for (const _ of later) await end();
    expect(await Promise.all(later)).toEqual([200, 200]);
  });

  it("are refused after a while, and take nobody's place then", async () => {
    const { ask, end } = service(20);
    const first = [ask(), ask()];
    expect(await ask()).toBe(503);
    for (const _ of first) await end();
    await Promise.all(first);
    const later = [ask(), ask()];
    for (const _ of later) await end();
    expect(await Promise.all(later)).toEqual([200, 200]);
  });
});

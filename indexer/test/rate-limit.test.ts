import { Hono } from "hono";
import { describe, expect, it, vi } from "vitest";
import { createRateLimit, type RateLimit } from "../src/api/rate-limit.ts";

function serve(limit: RateLimit) {
  const app = new Hono()
    .use(createRateLimit(limit, (c, message) => c.text(message, 429)))
    .get("/", (c) => c.text("ok"));
  return async (remoteAddress: string, forwarded?: string) => {
    const headers: Record<string, string> = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
    return app.request("/", { headers }, { incoming: { socket: { remoteAddress } } });
  };
}

const statuses = async (answers: Promise<Response>[]) => (await Promise.all(answers)).map(({ status }) => status);

describe("the rate limit", () => {
  it("refuses one address what is beyond it, says when to come back, and lets it come back", async () => {
    vi.useFakeTimers();
    const ask = serve({ perMinute: 2, trustedProxies: 0 });
    expect(await statuses([ask("1.1.1.1"), ask("::ffff:1.1.1.1"), ask("1.1.1.1"), ask("2.2.2.2")])).toEqual([
      200, 200, 429, 200,
    ]);
    vi.advanceTimersByTime(20_000);
    expect((await ask("1.1.1.1")).headers.get("retry-after")).toBe("40");
    vi.advanceTimersByTime(40_000);
    expect((await ask("1.1.1.1")).status).toBe(200);
    vi.useRealTimers();
  });

  it("believes X-Forwarded-For as far as proxies of ours wrote it", async () => {
    const direct = serve({ perMinute: 1, trustedProxies: 0 });
    expect(await statuses([direct("1.1.1.1", "3.3.3.3"), direct("1.1.1.1", "4.4.4.4")])).toEqual([200, 429]);
    const behind = serve({ perMinute: 1, trustedProxies: 1 });
    expect(await statuses([behind("1.1.1.1", "3.3.3.3"), behind("1.1.1.1", "4.4.4.4")])).toEqual([200, 200]);
    expect(await statuses([behind("1.1.1.1", "9.9.9.9, 3.3.3.3")])).toEqual([429]);
  });

  it("counts the first half of an IPv6 address", async () => {
    const ask = serve({ perMinute: 1, trustedProxies: 0 });
    expect(await statuses([ask("2001:db8:1:2:3::1"), ask("2001:db8:1:2:4::1"), ask("2001:db8:1:3::1")])).toEqual([
      200, 429, 200,
    ]);
    expect(await statuses([ask("2001:db9::1"), ask("2001:db9::2"), ask("2001:db9:0:0:7::")])).toEqual([200, 429, 429]);
  });

  it("takes addresses with ports and brackets for the same", async () => {
    const ask = serve({ perMinute: 1, trustedProxies: 1 });
    const from = (...claims: string[]) => statuses(claims.map((claim) => ask("1.1.1.1", claim)));
    expect(await from("3.3.3.3:4711", "3.3.3.3:4712", "3.3.3.3", "[::ffff:3.3.3.3]:1", "4.4.4.4:4711")).toEqual([
      200, 429, 429, 429, 200,
    ]);
    expect(await from("[2001:db8::1]:4711", "[2001:DB8::1]:4712", "[2001:db8::2]", "2001:db8::1")).toEqual([
      200, 429, 429, 429,
    ]);
    expect(await from("[2001:db8:1::1]:4711")).toEqual([200]);
  });

  it("keeps 20,000 addresses in mind, and forgets those seen first", async () => {
    const ask = serve({ perMinute: 1, trustedProxies: 0 });
    const address = (n: number) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
    for (let n = 0; n < 20_000; n++) await ask(address(n));
    expect((await ask(address(0))).status).toBe(429);
    expect((await ask(address(20_000))).status).toBe(200);
    expect(await statuses([ask(address(19_999)), ask(address(1)), ask(address(0))])).toEqual([429, 429, 200]);
  });

  it("is none at 0", async () => {
    const ask = serve({ perMinute: 0, trustedProxies: 0 });
    expect(await statuses(Array.from({ length: 300 }, () => ask("1.1.1.1")))).not.toContain(429);
  });
});

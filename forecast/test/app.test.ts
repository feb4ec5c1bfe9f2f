import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createApp } from "../src/app.ts";
import { openServices, type Services } from "../src/services.ts";
import { configOf, startChain, type TestChain } from "./support/world.ts";

let chain: TestChain;
let services: Services;
let app: ReturnType<typeof createApp>;
beforeAll(async () => {
  chain = await startChain(1);
  const corsOrigins = ["http://127.0.0.1:3000", "http://localhost:3000"];
  services = await openServices(configOf(chain, { corsOrigins }));
  app = createApp(services);
});
afterAll(async () => {
  await services.close();
  await chain.anvil.stop();
});
const withConfig = (more: Partial<Services["config"]>): Services => ({
  ...services,
  config: { ...services.config, ...more },
});

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const post = (body: string, headers: Record<string, string> = { "content-type": "application/json" }) =>
  app.request("/api/price", { method: "POST", headers, body });

async function envelope(response: Response) {
  const body = (await response.json()) as Record<string, unknown>;
  expect(Object.keys(body).sort()).toEqual(["data", "error", "timestamp"]);
  expect(body.timestamp).toMatch(ISO);
  return body as { data: unknown; error: { code: string; message: string; field?: string } | null };
}

describe("health", () => {
  it.each([
    ["/health", "ok"],
    ["/ready", "ready"],
  ])("%s says %s", async (path, status) => {
    const response = await app.request(path);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status });
  });
});

describe("POST /api/price", () => {
  it.each([
    [1.99, "4.50", "low"],
    [2, "5.00", "base"],
    [4, "5.00", "base"],
    [4.01, "5.50", "high"],
  ])("prices %d kWh at %s", async (demandKwh, pricePerKwh, tier) => {
    const response = await post(JSON.stringify({ demandKwh }));
    expect(response.status).toBe(200);
    const { data, error } = await envelope(response);
    expect(error).toBeNull();
    expect(data).toMatchObject({ demandKwh, pricePerKwh, tier, currency: "INR", base: "5.00" });
  });

  it("takes a charset and both ends of the range", async () => {
    const headers = { "content-type": "Application/JSON; charset=utf-8" };
    expect((await post('{"demandKwh":0}', headers)).status).toBe(200);
    expect((await post('{"demandKwh":1000000}', headers)).status).toBe(200);
  });

  it.each([
    ["negative", '{"demandKwh":-0.001}'],
    ["too much", '{"demandKwh":1000000.1}'],
    ["infinite", '{"demandKwh":1e999}'],
    ["null", '{"demandKwh":null}'],
    ["a text", '{"demandKwh":"3"}'],
    ["NaN as a text", '{"demandKwh":"NaN"}'],
    ["a list", '{"demandKwh":[3]}'],
  ])("refuses a demand that is %s, with its limits", async (_, body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    const { data, error } = await envelope(response);
    expect(data).toBeNull();
    expect(error).toEqual({
      code: "bad_request",
      message: "demandKwh: expected a number of kWh from 0 to 1000000",
      field: "demandKwh",
    });
  });

  it.each([
    ["NaN", '{"demandKwh":NaN}'],
    ["no JSON", "demandKwh=3"],
    ["nothing", ""],
    ["a list", "[3]"],
    ["null", "null"],
    ["a number", "3"],
  ])("refuses a body that is %s", async (_, body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect((await envelope(response)).error).toMatchObject({ code: "bad_request", field: "body" });
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "application/json; ="])(
    "refuses %s",
    async (type) => {
      const response = await post('{"demandKwh":3}', { "content-type": type });
      expect(response.status).toBe(400);
      expect((await envelope(response)).error).toMatchObject({
        field: "content-type",
        message: "content-type: expected application/json",
      });
    },
  );

  it("refuses a body above 64 kB, said or streamed, and takes one of 64 kB", async () => {
    const body = (bytes: number) => '{"demandKwh":3}'.padEnd(bytes);
    expect((await post(body(65_536))).status).toBe(200);
    const said = await post(body(65_537), { "content-type": "application/json", "content-length": "65537" });
    const streamed = await post(body(65_537));
    for (const response of [said, streamed]) {
      expect(response.status).toBe(413);
      expect((await envelope(response)).error).toMatchObject({ message: "body: at most 65536 bytes" });
    }
  });
});

describe("every answer", () => {
  it("is 404 in the envelope for an unknown route or method", async () => {
    for (const response of [await app.request("/api/nothing"), await app.request("/api/readings")]) {
      expect(response.status).toBe(404);
      expect((await envelope(response)).error).toMatchObject({ code: "not_found" });
    }
  });

  it("is 500 without what went wrong inside", async () => {
    const lines: string[] = [];
    const logger = pino({ level: "error" }, { write: (line: string) => lines.push(line) });
    const broken = createApp(withConfig({ prices: { ...services.config.prices, tiered: undefined as never } }), logger);
    const headers = { "content-type": "application/json" };
    const response = await broken.request("/api/price", { method: "POST", headers, body: '{"demandKwh":3.125}' });
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).not.toMatch(/TypeError|undefined|\.ts/);
    expect(JSON.parse(text)).toMatchObject({ data: null, error: { code: "internal" } });
    expect(lines.join("")).toContain("TypeError");
  });

  it("carries a request id and security headers", async () => {
    const [first, second] = [await app.request("/health"), await app.request("/nothing")];
    for (const { headers } of [first, second]) {
      expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("x-powered-by")).toBeNull();
    }
    expect(first.headers.get("x-request-id")).not.toBe(second.headers.get("x-request-id"));
  });

  it("is open to the page's origins and to no other", async () => {
    const allowed = async (origin: string, method = "GET") => {
      const headers = {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
      };
      const response = await app.request("/api/price", { method, headers });
      return response.headers.get("access-control-allow-origin");
    };
    for (const origin of ["http://127.0.0.1:3000", "http://localhost:3000"]) {
      expect(await allowed(origin, "OPTIONS")).toBe(origin);
      expect(await allowed(origin)).toBe(origin);
    }
    const preflight = await app.request("/api/price", {
      method: "OPTIONS",
      headers: { origin: "http://127.0.0.1:3000" },
    });
    expect(preflight.headers.get("access-control-allow-headers")).toContain("x-request-id");
    expect(await allowed("http://127.0.0.1:3001", "OPTIONS")).toBeNull();
    expect(await allowed("https://evil.example")).toBeNull();
    const open = createApp(withConfig({ corsOrigins: ["*"] }));
    const response = await open.request("/health", { headers: { origin: "https://any.example" } });
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
  });

  it("is logged without who asked or what was sent", async () => {
    const write = vi.fn();
    const logged = createApp(services, pino({ base: null }, { write }));
    const headers = { "content-type": "application/json", "x-forwarded-for": "203.0.113.7", cookie: "secret=1" };
    await logged.request("/api/price?who=asha", { method: "POST", headers, body: '{"demandKwh":3.25}' });
    await logged.request("/asha@example.org");
    await logged.request(`/api/homes/${chain.homes[0]?.id}/readings`);
    const lines = write.mock.calls.map(([line]) => JSON.parse(line as string) as Record<string, unknown>);
    expect(lines).toMatchObject([
      { method: "POST", path: "/api/price", status: 200 },
      { method: "GET", path: "unknown", status: 404 },
      { method: "GET", path: "/api/homes/:houseId/readings", status: 401 },
    ]);
    expect(JSON.stringify(lines)).not.toContain(chain.homes[0]?.id);
    expect(JSON.stringify(lines)).not.toMatch(/203\.0\.113\.7|secret|asha|3\.25/);
  });
});

describe("GET /api/price", () => {
  it("serves for a minute, and answers 304 to whoever has it", async () => {
    const response = await app.request("/api/price?demandKwh=4.5");
    expect(response.headers.get("cache-control")).toMatch(/^public, max-age=(59|60)$/);
    const { data } = await envelope(response);
    expect(data).toMatchObject({ demandKwh: 4.5, pricePerKwh: "5.50" });
    const etag = response.headers.get("etag") ?? "";
    const again = await app.request("/api/price?demandKwh=4.5", { headers: { "if-none-match": etag } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    const other = await app.request("/api/price?demandKwh=1", { headers: { "if-none-match": etag } });
    expect(other.status).toBe(200);
    for (const wrong of ["?demandKwh=", "?demandKwh=-1", "?demandKwh=1e3", "?demandKwh=1000001"]) {
      const refused = await app.request(`/api/price${wrong}`);
      expect(refused.status).toBe(400);
      expect((await envelope(refused)).error?.field).toBe("demandKwh");
    }
  });
});

describe("limits", () => {
  it("answers one address so often a minute and then 429 with when to come back", async () => {
    const limited = createApp(withConfig({ rateLimit: { perMinute: 2, trustedProxies: 0 } }));
    const ask = (path = "/api/price?demandKwh=1") => limited.request(path);
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await envelope(refused)).error?.code).toBe("too_many_requests");
    expect((await ask("/health")).status).toBe(200);
  });

  it("is 503 and not ready while the chain can't be asked, and prices all the same", async () => {
    const alone = await openServices({ ...services.config, rpcUrls: ["http://127.0.0.1:9"] });
    const lonely = createApp(alone);
    for (const path of ["/ready", "/api/community/energy"]) {
      const response = await lonely.request(path);
      expect(response.status).toBe(503);
      expect((await envelope(response)).error?.code).toBe("chain_unreachable");
    }
    expect((await lonely.request("/api/price?demandKwh=1")).status).toBe(200);
    await alone.close();
  });
});

describe("what is documented", () => {
  it("describes every route, by machine and on a page that loads nothing", async () => {
    const response = await app.request("/api/openapi.json");
    expect(response.status).toBe(200);
    const document = (await response.json()) as {
      openapi: string;
      paths: Record<string, Record<string, { responses: object; summary?: string }>>;
    };
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.paths["/api/price"]?.post?.responses ?? {})).toEqual([
      "200",
      "400",
      "413",
      "429",
      "503",
    ]);
    const served = app.routes
      .filter(({ method, path }) => method !== "ALL" && !path.includes("*"))
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const itself = ["get /metrics", "get /api/openapi.json", "get /api"];
    expect(new Set(documented)).toEqual(new Set(served.filter((route) => !itself.includes(route))));
    const page = await (await app.request("/api")).text();
    for (const path of Object.keys(document.paths)) expect(page).toContain(path);
    expect(page).not.toMatch(/<script|src=|@import|url\(/);
  });

  it("measures itself", async () => {
    await app.request("/api/price?demandKwh=2");
    const text = await (await app.request("/metrics")).text();
    expect(text).toMatch(/forecast_http_request_seconds_count\{method="GET",route="\/api\/price",status="200"\} \d+/);
    expect(text).toMatch(/forecast_cache_answers_total\{answer="price",outcome="hit"\} \d+/);
    expect(text).toContain('forecast_database_connections{state="total"} 1');
  });
});

// The set-up of ops/compose.yaml, its commands run without a container engine.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { deploymentSchema, siteConfigSchema } from "@gridx/contracts";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageHeaders } from "../../web/vite/policy.ts";
import { prepare } from "../src/prepare.ts";
import { OPS, readCompose } from "./support/compose.ts";
import { type Machine, startMachine } from "./support/machine.ts";
import { hasProgram, type Running, until } from "./support/run.ts";
import { makeHistory, Watched } from "./support/watched.ts";

let machine: Machine;
const isOk = (url: string) => async () => (await fetch(url, { signal: AbortSignal.timeout(5000) })).ok;

beforeAll(async () => {
  machine = await startMachine();
});
afterAll(() => machine?.stop());

describe("what is written for the containers", () => {
  it("keeps passwords that are there, and names what only the operator knows", () => {
    const { secret, directory, deploymentFile, place } = machine;
    const before = secret("indexer_password");
    const again = { directory, envFile: join(directory, ".env"), deployment: deploymentFile };
    const { rpcUrl: publicRpcUrl } = place.anvil;
    const { missing } = prepare({ ...again, publicRpcUrl });
    expect(secret("indexer_password")).toBe(before);
    expect(statSync(join(directory, "secrets")).mode & 0o777).toBe(0o700);
    expect(missing.map((line) => /secrets\/(\w+):/.exec(line)?.[1])).toEqual([
      "relay_keystore",
      "relay_keystore_password",
      "clear_keystore",
      "clear_keystore_password",
      "meter_keys",
      "alert_webhook_url",
    ]);
    writeFileSync(join(directory, "wrong.env"), "PAGE_ORIGIN=https://x.example/path\n");
    expect(() => prepare({ ...again, envFile: join(directory, "wrong.env"), publicRpcUrl })).toThrow(
      /PAGE_ORIGIN expected an origin.*\n.*INDEXER_ORIGIN is not set/,
    );
  });

  it("each variable that compose.yaml asks for is in .env.example, and the other way round", () => {
    const named = readFileSync(join(OPS, "compose.yaml"), "utf8").matchAll(/\$\{(\w+)/g);
    // One of them is for `ops:prepare`, which writes it into what the page is told.
    const asked = new Set([...named].map(([, name]) => name)).add("SENTRY_DSN");
    const example = readFileSync(join(OPS, ".env.example"), "utf8").matchAll(/^(\w+)=/gm);
    expect([...example].map(([, name]) => name).sort()).toEqual([...asked].sort());
    expect(() => readCompose({ ...machine.env, PAGE_ORIGIN: "" })).toThrow("set PAGE_ORIGIN to the page's origin");
  });

  it("our containers have no rights, no place to write but their own, a limit, and a health check where they serve", () => {
    const { services, secrets: files } = readCompose(machine.env);
    for (const [name, service] of Object.entries(services)) {
      expect(service, name).toMatchObject({ read_only: true, mem_limit: expect.stringMatching(/^\d+[mg]$/) });
      for (const one of service.secrets) expect(files, `${name}'s secret`).toHaveProperty(one);
    }
    const ours = Object.entries(services).filter(([, { image }]) => image.startsWith("gridx-"));
    expect(ours.map(([name]) => name)).toEqual(["indexer", "forecast", "web", "relay", "clear"]);
    for (const [name, { user }] of ours) expect(user, name).toBe("1000:1000");
    // Caddy's admin address is its own container's: another that was taken over could have it serve another page.
    expect(services.web?.environment).not.toHaveProperty("CADDY_ADMIN");
    for (const name of ["indexer", "forecast", "web"]) expect(services[name]?.healthcheck, name).toBeDefined();
  });
});

describe("the databases", () => {
  it("are their service's alone", async () => {
    const own = new URL(machine.databaseUrl("indexer"));
    const other = new URL(own);
    other.pathname = new URL(machine.databaseUrl("forecast")).pathname;
    const connect = async ({ href }: URL) => {
      const client = new pg.Client(href);
      await client.connect().finally(() => client.end().catch(() => {}));
    };
    await connect(own);
    await expect(connect(other)).rejects.toThrow("permission denied for database");
  });

  it("are not made with a password that can't be read", () => {
    const { status, stderr } = spawnSync("sh", [join(OPS, "postgres", "databases.sh")], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, INDEXER_PASSWORD_FILE: "/nowhere/else", FORECAST_PASSWORD_FILE: "/nowhere/else" },
    });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^\/nowhere\/else can't be read/)]);
  });
});

describe("the containers' commands", () => {
  it("do not start with a wrong value, and name it", async () => {
    const wrong: [service: string, variable: string, value: string, message: RegExp][] = [
      ["indexer", "DATABASE_URL_FILE", "/nowhere/else", /DATABASE_URL_FILE: \/nowhere\/else can't be read/],
      ["indexer", "DATABASE_URL", "postgres://x:hidden@h/y", /DATABASE_URL and DATABASE_URL_FILE are both set/],
      ["forecast", "RPC_URL_FILE", "/nowhere/else", /RPC_URL_FILE: \/nowhere\/else can't be read/],
      ["forecast", "COMMUNITY_TIME_ZONE", "Mars", /COMMUNITY_TIME_ZONE: expected an IANA time zone/],
    ];
    const refused = wrong.map(([name, variable, value, message]) => ({
      message,
      one: machine.start(name, { [variable]: value }),
    }));
    for (const { one, message } of refused) {
      await until("its end", async () => one.process.exitCode !== null);
      expect(one.process.exitCode).toBe(1);
      expect(one.output()).toMatch(message);
      expect(one.output()).not.toContain("hidden");
    }
  });

  const services: Running[] = [];

  it("serve page, indexer and forecast service", async () => {
    const { start, ports } = machine;
    await makeHistory(machine);
    // A faster clock: its jobs come every 5 s.
    services.push(start("indexer"), start("forecast", { CLOCK_SPEED: "12" }));
    await until("indexer", isOk(`http://127.0.0.1:${ports.indexer}/api/live`), 90);
    await until("forecast", isOk(`http://127.0.0.1:${ports.forecast}/ready`));
    await until("caught up", isOk(`http://127.0.0.1:${ports.indexer}/api/ready`));
    if (hasProgram("caddy")) await throughTheProxy();
  }, 180_000);

  it("follow a request from the page to the database by one id", async () => {
    await new Watched(machine, services).followsRequest();
  });

  it("export each metric that rules and dashboards name", async () => {
    await new Watched(machine, services).exportsAllNames();
  });

  it.skipIf(!hasProgram("prometheus"))(
    "have data for each panel, by Prometheus that scrapes them (without prometheus: skipped)",
    async () => {
      services.push(await new Watched(machine, services).fillsPanels());
    },
    120_000,
  );

  it("end in order, with no secret in their logs", async () => {
    const { secret } = machine;
    for (const one of services) expect(await one.end("SIGTERM"), one.output().slice(-2000)).toBe(0);
    const logs = services.map((one) => one.output()).join("\n");
    for (const name of ["indexer_password", "forecast_password", "postgres_password"])
      expect(logs).not.toContain(secret(name));
  }, 60_000);

  async function throughTheProxy() {
    const { directory, ports, env, place, start } = machine;
    const pageDirectory = join(directory, "page");
    mkdirSync(join(pageDirectory, "assets"), { recursive: true });
    writeFileSync(join(pageDirectory, "index.html"), "<!doctype html><title>GridX</title>");
    writeFileSync(join(pageDirectory, "assets", "app-1.js"), "export {};");
    writeFileSync(join(pageDirectory, "assets", "app-1.js.br"), brotliCompressSync("export {};"));
    const upstream = (port: number) => `127.0.0.1:${port}`;
    const proxy = start("web", {
      // In a container its own port is nobody else's.
      CADDY_ADMIN: "off",
      PAGE_DIRECTORY: pageDirectory,
      CONFIG_DIRECTORY: join(directory, "config"),
      INDEXER_UPSTREAMS: upstream(ports.indexer),
      FORECAST_UPSTREAMS: upstream(ports.forecast),
    });
    services.push(proxy);
    const { PAGE_ORIGIN, INDEXER_ORIGIN, FORECAST_ORIGIN } = env;
    await until("proxy", isOk(`${PAGE_ORIGIN}/`)).catch((error) => {
      throw new Error(`${error}\n${proxy.output()}`);
    });
    const site = siteConfigSchema.parse(await (await fetch(`${PAGE_ORIGIN}/gridx.json`)).json());
    expect(site).toEqual({
      deployment: deploymentSchema.parse(place.deployment),
      rpcUrl: place.anvil.rpcUrl,
      indexerUrl: INDEXER_ORIGIN,
      forecastUrl: FORECAST_ORIGIN,
    });

    // A deep link is the page; what a build names by its content is kept for a year.
    const page = await fetch(`${PAGE_ORIGIN}/trades`);
    expect(await page.text()).toContain("<title>GridX</title>");
    expect(Object.fromEntries(page.headers)).toMatchObject({ ...pageHeaders(site), "cache-control": "no-cache" });
    const askFor = (encoding: string) =>
      fetch(`${PAGE_ORIGIN}/assets/app-1.js`, { headers: { "accept-encoding": encoding } });
    const asset = await askFor("gzip, br");
    expect(asset.headers.get("cache-control")).toMatch(/immutable/);
    // As the build compressed it, for whoever reads that.
    expect(asset.headers.get("content-encoding")).toBe("br");
    expect(await asset.text()).toBe("export {};");
    const plain = await askFor("identity");
    expect([plain.headers.get("content-encoding"), await plain.text()]).toEqual([null, "export {};"]);
    // The page in the place of a script that is gone would be kept for a year.
    expect((await fetch(`${PAGE_ORIGIN}/assets/gone-1.js`)).status).toBe(404);

    await until("indexer by the proxy", isOk(`${INDEXER_ORIGIN}/api/market`));
    await until("forecast by the proxy", isOk(`${FORECAST_ORIGIN}/ready`));
    for (const path of ["/metrics", "/api/metrics", "/status"]) {
      expect((await fetch(`${INDEXER_ORIGIN}${path}`)).status, path).toBe(404);
    }
    expect((await fetch(`${FORECAST_ORIGIN}/metrics`)).status).toBe(404);
    const watched = (path: string) => fetch(`http://127.0.0.1:${ports.proxyMetrics}${path}`);
    expect(await (await watched("/metrics")).text()).toContain("caddy_http_requests_total");
    for (const path of ["/config/", "/load", "/"]) expect((await watched(path)).status, path).toBe(404);
    const events = await fetch(`${INDEXER_ORIGIN}/api/events`, { signal: AbortSignal.timeout(10_000) });
    expect(events.headers.get("content-type")).toMatch(/event-stream/);
    const first = await events.body?.getReader().read();
    expect(new TextDecoder().decode(first?.value)).toMatch(/^(event|data|id|retry|:)/m);
  }
});

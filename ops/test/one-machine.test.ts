// The set-up of ops/compose.yaml, its commands run without a container engine.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deploymentSchema, siteConfigSchema } from "@gridx/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageHeaders } from "../../web/vite/policy.ts";
import { prepare } from "../src/prepare.ts";
import { describeBackup } from "./served/backup.ts";
import { CUT_OFF_SECONDS, describeHostile, holdOpen } from "./served/hostile.ts";
import { describeRequests } from "./served/requests.ts";
import type { Served } from "./served/served.ts";
import { OPS, readCompose } from "./support/compose.ts";
import { type Machine, sendReadings, startMachine } from "./support/machine.ts";
import { hasProgram, type Running, until } from "./support/run.ts";

const LONG = process.env.GRIDX_LONG === "1";
let machine: Machine;
beforeAll(async () => {
  machine = await startMachine();
});
afterAll(() => machine?.stop());

const isOk = (url: string) => async () => (await fetch(url, { signal: AbortSignal.timeout(5000) })).ok;

describe("what is written for the containers", () => {
  it("keeps passwords that are there, and names what only the operator knows", () => {
    const before = machine.secret("gridx_password");
    const deploymentFile = join(machine.directory, "deployed.json");
    const again = {
      directory: machine.directory,
      envFile: join(machine.directory, ".env"),
      deployment: deploymentFile,
    };
    const { missing } = prepare({ ...again, publicRpcUrl: machine.place.anvil.rpcUrl });
    expect(machine.secret("gridx_password")).toBe(before);
    expect(missing.map((line) => /secrets\/(\w+):/.exec(line)?.[1])).toEqual([
      "operator_keystore",
      "operator_keystore_password",
      "meter_keys",
      "alert_webhook_url",
    ]);
    writeFileSync(join(machine.directory, "wrong.env"), "PAGE_ORIGIN=https://x.example/path\n");
    expect(() =>
      prepare({ ...again, envFile: join(machine.directory, "wrong.env"), publicRpcUrl: machine.place.anvil.rpcUrl }),
    ).toThrow(/PAGE_ORIGIN expected an origin.*\n.*INDEXER_ORIGIN is not set/);
  });

  it("each variable that compose.yaml asks for is in .env.example, and the other way round", () => {
    const named = readFileSync(join(OPS, "compose.yaml"), "utf8").matchAll(/\$\{(\w+)/g);
    const asked = new Set([...named].map(([, name]) => name));
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
    for (const name of ["indexer", "forecast", "web"]) expect(services[name]?.healthcheck, name).toBeDefined();
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
});

describe("indexer and forecast service, while they run", () => {
  const services: Running[] = [];
  beforeAll(async () => {
    services.push(machine.start("indexer"), machine.start("forecast"));
    const { indexer, forecast } = machine.urls;
    await until("indexer", isOk(`${indexer}/api/live`), 90);
    await until("forecast", isOk(`${forecast}/ready`));
    await until("caught up", isOk(`${indexer}/api/ready`));
    await sendReadings(machine);
  }, 180_000);
  const now = (): Served => {
    const [indexer, forecast] = services;
    if (!indexer || !forecast) throw new Error("nothing runs");
    return { machine, indexer, forecast };
  };

  const held = holdOpen(now);
  beforeAll(() => held.begin());
  afterAll(() => held.end());

  it.skipIf(!hasProgram("caddy"))("are behind one proxy with the page (with caddy)", () => throughTheProxy(services));

  describeRequests(now);
  describeHostile(now);
  describeBackup(now);

  it("have cut off whoever sent half a header; and half a body, with GRIDX_LONG=1", { timeout: 120_000 }, async () => {
    await held.areCutOff("forecast", "headers", CUT_OFF_SECONDS.forecast.headers);
    if (!LONG) return;
    await held.areCutOff("indexer", "headers", CUT_OFF_SECONDS.indexer.headers);
    await held.areCutOff("forecast", "body", CUT_OFF_SECONDS.forecast.body);
    await held.areCutOff("indexer", "body", CUT_OFF_SECONDS.indexer.body);
  });

  it("end in order, with no secret in their logs", async () => {
    for (const one of services) expect(await one.end("SIGTERM"), one.output().slice(-2000)).toBe(0);
    const logs = services.map((one) => one.output()).join("\n");
    for (const name of ["gridx_password", "postgres_password"]) expect(logs).not.toContain(machine.secret(name));
  });

  async function throughTheProxy(proxies: Running[]) {
    const pageDirectory = join(machine.directory, "page");
    mkdirSync(join(pageDirectory, "assets"), { recursive: true });
    writeFileSync(join(pageDirectory, "index.html"), "<!doctype html><title>GridX</title>");
    writeFileSync(join(pageDirectory, "assets", "app-1.js"), "export {};");
    const upstream = (port: number) => `127.0.0.1:${port}`;
    const proxy = machine.start("web", {
      PAGE_DIRECTORY: pageDirectory,
      CONFIG_DIRECTORY: join(machine.directory, "config"),
      INDEXER_UPSTREAMS: upstream(machine.ports.indexer),
      FORECAST_UPSTREAMS: upstream(machine.ports.forecast),
    });
    proxies.push(proxy);
    const { PAGE_ORIGIN, INDEXER_ORIGIN, FORECAST_ORIGIN } = machine.env;
    await until("proxy", isOk(`${PAGE_ORIGIN}/`)).catch((error) => {
      throw new Error(`${error}\n${proxy.output()}`);
    });
    const site = siteConfigSchema.parse(await (await fetch(`${PAGE_ORIGIN}/gridx.json`)).json());
    expect(site).toEqual({
      deployment: deploymentSchema.parse(machine.place.deployment),
      rpcUrl: machine.place.anvil.rpcUrl,
      indexerUrl: INDEXER_ORIGIN,
      forecastUrl: FORECAST_ORIGIN,
    });

    // A deep link is the page; what a build names by its content is kept for a year.
    const page = await fetch(`${PAGE_ORIGIN}/trades`);
    expect(await page.text()).toContain("<title>GridX</title>");
    expect(Object.fromEntries(page.headers)).toMatchObject({ ...pageHeaders(site), "cache-control": "no-cache" });
    const asset = await fetch(`${PAGE_ORIGIN}/assets/app-1.js`);
    expect(asset.headers.get("cache-control")).toMatch(/immutable/);

    await until("indexer by the proxy", isOk(`${INDEXER_ORIGIN}/api/market`));
    await until("forecast by the proxy", isOk(`${FORECAST_ORIGIN}/ready`));
    for (const path of ["/metrics", "/api/metrics", "/status"]) {
      expect((await fetch(`${INDEXER_ORIGIN}${path}`)).status, path).toBe(404);
    }
    expect((await fetch(`${FORECAST_ORIGIN}/metrics`)).status).toBe(404);
    const events = await fetch(`${INDEXER_ORIGIN}/api/events`, { signal: AbortSignal.timeout(10_000) });
    expect(events.headers.get("content-type")).toMatch(/event-stream/);
    const first = await events.body?.getReader().read();
    expect(new TextDecoder().decode(first?.value)).toMatch(/^(event|data|id|retry|:)/m);
  }
});

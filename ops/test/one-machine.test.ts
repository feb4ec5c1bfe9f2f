// The set-up of ops/compose.yaml, its commands run without a container engine.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Deployment, deploymentSchema, siteConfigSchema } from "@gridx/contracts";
import { type Anvil, compileContracts, deployLocal, freePort, localClient, startAnvil } from "@gridx/contracts/node";
import { mnemonicToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Postgres, startPostgres } from "../../scripts/postgres.ts";
import { pageHeaders } from "../../web/vite/policy.ts";
import { prepare } from "../src/prepare.ts";
import { OPS, readCompose } from "./support/compose.ts";
import { hasProgram, type Running, run, until } from "./support/run.ts";

const MNEMONIC = "test test test test test test test test test test test junk";
const directory = mkdtempSync(join(tmpdir(), "gridx-ops-"));
const secrets = join(directory, "secrets");
let postgres: Postgres;
let anvil: Anvil;
let deployment: Deployment;
let ports: Record<"page" | "indexer" | "forecast" | "publicIndexer" | "publicForecast" | "admin", number>;
let env: Record<string, string>;
const running: Running[] = [];

/** A container's command and environment, as they are on this machine. */
function native(name: string) {
  const service = readCompose(env).services[name];
  if (!service) throw new Error(`compose.yaml has no service ${name}`);
  const here = (text: string) =>
    text
      .replaceAll("/run/secrets", secrets)
      .replaceAll("/config", join(directory, "config"))
      .replaceAll("/etc/caddy/Caddyfile", join(OPS, "Caddyfile"))
      .replaceAll("0.0.0.0:2019", `127.0.0.1:${ports.admin}`)
      .replaceAll("0.0.0.0", "127.0.0.1")
      .replaceAll("http://indexer:3001", `http://127.0.0.1:${ports.indexer}`)
      .replace(/^3001$/, String(ports.indexer))
      .replace(/^8000$/, String(ports.forecast))
      .replace(/^\/data/, directory);
  const environment = Object.entries(service.environment).map(([key, value]) => [key, here(value)]);
  return { command: service.command.map(here), env: Object.fromEntries(environment) as Record<string, string> };
}

function start(name: string, more: Record<string, string> = {}): Running {
  const { command, env } = native(name);
  const one = run(command, { ...env, ...more });
  running.push(one);
  return one;
}

const secret = (name: string) => readFileSync(join(secrets, name), "utf8");
const isOk = (url: string) => async () => (await fetch(url, { signal: AbortSignal.timeout(5000) })).ok;

/** What the postgres image runs on an empty volume. */
function makeDatabases(suffix: string) {
  const { status, stderr } = spawnSync("sh", [join(OPS, "postgres", "databases.sh")], {
    encoding: "utf8",
    env: {
      ...process.env,
      PGHOST: "127.0.0.1",
      PGPORT: String(postgres.port),
      POSTGRES_USER: "gridx",
      GRIDX_PASSWORD_FILE: join(secrets, "gridx_password"),
      DATABASE_SUFFIX: suffix,
    },
  });
  if (status !== 0) throw new Error(stderr);
}

beforeAll(async () => {
  compileContracts();
  const runId = "0123456789abcdef";
  [postgres, anvil] = await Promise.all([startPostgres(), startAnvil({ timestamp: 1_750_000_000 })]);
  const client = localClient(anvil.rpcUrl);
  deployment = await deployLocal(client, mnemonicToAccount(MNEMONIC), {
    slotDuration: 900,
    ringLength: 12,
    tradingWindow: 10,
    runId,
  });
  const [page = 0, indexer = 0, forecast = 0, publicIndexer = 0, publicForecast = 0, admin = 0] = await Promise.all(
    Array.from({ length: 6 }, () => freePort()),
  );
  ports = { page, indexer, forecast, publicIndexer, publicForecast, admin };
  const origins = [anvil.rpcUrl, `http://127.0.0.1:${publicIndexer}`, `http://127.0.0.1:${publicForecast}`];
  env = {
    PAGE_ORIGIN: `http://127.0.0.1:${page}`,
    INDEXER_ORIGIN: origins[1] ?? "",
    FORECAST_ORIGIN: origins[2] ?? "",
    PAGE_MAY_ASK: origins.join(" "),
    COMMUNITY_LATITUDE: "18.52",
    COMMUNITY_LONGITUDE: "73.86",
    COMMUNITY_TIME_ZONE: "Asia/Kolkata",
    RATE_LIMIT_PER_MINUTE: "0",
  };
  const envFile = join(directory, ".env");
  writeFileSync(
    envFile,
    Object.entries(env)
      .map(([name, value]) => `${name}="${value}"`)
      .join("\n"),
  );
  const deploymentFile = join(directory, "deployed.json");
  writeFileSync(deploymentFile, JSON.stringify(deployment));
  mkdirSync(secrets, { mode: 0o700 });
  writeFileSync(join(secrets, "rpc_url"), `${anvil.rpcUrl}\n`);
  prepare({ directory, envFile, deployment: deploymentFile, publicRpcUrl: anvil.rpcUrl });

  const suffix = `_${runId}`;
  for (const name of ["indexer", "forecast"]) {
    const url = secret(`${name}_database_url`).replace("postgres:5432", `127.0.0.1:${postgres.port}`) + suffix;
    rmSync(join(secrets, `${name}_database_url`));
    writeFileSync(join(secrets, `${name}_database_url`), url);
  }
  makeDatabases(suffix);
});

afterAll(async () => {
  await Promise.all(running.map((one) => one.end("SIGKILL")));
  await anvil?.stop();
  await postgres?.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe("what is written for the containers", () => {
  it("keeps passwords that are there, and names what only the operator knows", () => {
    const before = secret("gridx_password");
    const deploymentFile = join(directory, "deployed.json");
    const again = { directory, envFile: join(directory, ".env"), deployment: deploymentFile };
    const { missing } = prepare({ ...again, publicRpcUrl: anvil.rpcUrl });
    expect(secret("gridx_password")).toBe(before);
    expect(missing.map((line) => /secrets\/(\w+):/.exec(line)?.[1])).toEqual([
      "operator_keystore",
      "operator_keystore_password",
      "meter_keys",
      "alert_webhook_url",
    ]);
    writeFileSync(join(directory, "wrong.env"), "PAGE_ORIGIN=https://x.example/path\n");
    expect(() => prepare({ ...again, envFile: join(directory, "wrong.env"), publicRpcUrl: anvil.rpcUrl })).toThrow(
      /PAGE_ORIGIN expected an origin.*\n.*INDEXER_ORIGIN is not set/,
    );
  });

  it("each variable that compose.yaml asks for is in .env.example, and the other way round", () => {
    const named = readFileSync(join(OPS, "compose.yaml"), "utf8").matchAll(/\$\{(\w+)/g);
    const asked = new Set([...named].map(([, name]) => name));
    const example = readFileSync(join(OPS, ".env.example"), "utf8").matchAll(/^(\w+)=/gm);
    expect([...example].map(([, name]) => name).sort()).toEqual([...asked].sort());
    expect(() => readCompose({ ...env, PAGE_ORIGIN: "" })).toThrow("set PAGE_ORIGIN to the page's origin");
  });

  it("our containers have no rights, no place to write but their own, a limit, and a health check where they serve", () => {
    const { services, secrets: files } = readCompose(env);
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
      one: start(name, { [variable]: value }),
    }));
    for (const { one, message } of refused) {
      await until("its end", async () => one.process.exitCode !== null);
      expect(one.process.exitCode).toBe(1);
      expect(one.output()).toMatch(message);
      expect(one.output()).not.toContain("hidden");
    }
  });

  it("serve page, indexer and forecast service, and end in order, with no secret in their logs", async () => {
    const services = [start("indexer"), start("forecast")];
    await until("indexer", isOk(`http://127.0.0.1:${ports.indexer}/api/live`), 90);
    await until("forecast", isOk(`http://127.0.0.1:${ports.forecast}/ready`));
    await until("caught up", isOk(`http://127.0.0.1:${ports.indexer}/api/ready`));
    if (hasProgram("caddy")) await throughTheProxy(services);
    for (const one of services) expect(await one.end("SIGTERM"), one.output().slice(-2000)).toBe(0);
    const logs = services.map((one) => one.output()).join("\n");
    for (const name of ["gridx_password", "postgres_password"]) expect(logs).not.toContain(secret(name));
  }, 180_000);

  async function throughTheProxy(services: Running[]) {
    const pageDirectory = join(directory, "page");
    mkdirSync(join(pageDirectory, "assets"), { recursive: true });
    writeFileSync(join(pageDirectory, "index.html"), "<!doctype html><title>GridX</title>");
    writeFileSync(join(pageDirectory, "assets", "app-1.js"), "export {};");
    const upstream = (port: number) => `127.0.0.1:${port}`;
    const proxy = start("web", {
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
      deployment: deploymentSchema.parse(deployment),
      rpcUrl: anvil.rpcUrl,
      indexerUrl: INDEXER_ORIGIN,
      forecastUrl: FORECAST_ORIGIN,
    });

    // A deep link is the page; what a build names by its content is kept for a year.
    const page = await fetch(`${PAGE_ORIGIN}/trades`);
    expect(await page.text()).toContain("<title>GridX</title>");
    expect(Object.fromEntries(page.headers)).toMatchObject({ ...pageHeaders(site), "cache-control": "no-cache" });
    const asset = await fetch(`${PAGE_ORIGIN}/assets/app-1.js`);
    expect(asset.headers.get("cache-control")).toMatch(/immutable/);
    // The page in the place of a script that is gone would be kept for a year.
    expect((await fetch(`${PAGE_ORIGIN}/assets/gone-1.js`)).status).toBe(404);

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

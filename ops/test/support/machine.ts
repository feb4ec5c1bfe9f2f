// One machine of ops/compose.yaml, without a container engine: a small neighbourhood's chain, databases as the image makes
// them, secrets and configuration as `ops:prepare` writes them, and the containers' commands as processes.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signMeteredBatch } from "@gridx/contracts";
import { freePort } from "@gridx/contracts/node";
import {
  act,
  fullSlot,
  type Neighbourhood,
  openMarket,
  random,
  registerHouses,
  SLOT,
  startNeighbourhood,
} from "../../../indexer/test/support/neighbourhood.ts";
import { type Postgres, startPostgres } from "../../../scripts/postgres.ts";
import { prepare } from "../../src/prepare.ts";
import { OPS, readCompose } from "./compose.ts";
import { type Running, run } from "./run.ts";

const RUN_ID = "0123456789abcdef";
/** Acts of the neighbourhood before anything is indexed. */
const ACTS = 30;
/** Blocks that Ponder leaves to live indexing, which is slow. */
const UNFINAL_BLOCKS = 31;
/** Readings that each meter has signed for the forecast service. */
export const READINGS = 96;

export type PortName = "page" | "indexer" | "forecast" | "publicIndexer" | "publicForecast" | "admin";

export interface Machine {
  /** Of everything that it writes. */
  directory: string;
  secrets: string;
  ports: Record<PortName, number>;
  /** What compose.yaml is filled in with. */
  env: Record<string, string>;
  place: Neighbourhood;
  postgres: Postgres;
  /** Where the services are, without a proxy before them. */
  urls: { indexer: string; forecast: string };
  secret(name: string): string;
  /** A container's command and environment, as they are on this machine. */
  native(name: string): { command: string[]; env: Record<string, string> };
  start(name: string, more?: Record<string, string>): Running;
  stop(): Promise<void>;
}

export async function startMachine(): Promise<Machine> {
  const directory = mkdtempSync(join(tmpdir(), "gridx-ops-"));
  const secrets = join(directory, "secrets");
  const [postgres, place] = await Promise.all([startPostgres(), liveIn(RUN_ID)]);
  const names: PortName[] = ["page", "indexer", "forecast", "publicIndexer", "publicForecast", "admin"];
  const free = await Promise.all(names.map(() => freePort()));
  const ports = Object.fromEntries(names.map((name, n) => [name, free[n]])) as Record<PortName, number>;
  const here = (port: number) => `http://127.0.0.1:${port}`;
  const { rpcUrl } = place.anvil;
  const env: Record<string, string> = {
    PAGE_ORIGIN: here(ports.page),
    INDEXER_ORIGIN: here(ports.publicIndexer),
    FORECAST_ORIGIN: here(ports.publicForecast),
    PAGE_MAY_ASK: [rpcUrl, here(ports.publicIndexer), here(ports.publicForecast)].join(" "),
    COMMUNITY_LATITUDE: "18.52",
    COMMUNITY_LONGITUDE: "73.86",
    COMMUNITY_TIME_ZONE: "Asia/Kolkata",
    RATE_LIMIT_PER_MINUTE: "0",
  };
  const lines = Object.entries(env).map(([name, value]) => `${name}="${value}"`);
  writeFileSync(join(directory, ".env"), lines.join("\n"));
  writeFileSync(join(directory, "deployed.json"), JSON.stringify(place.deployment));
  mkdirSync(secrets, { mode: 0o700 });
  writeFileSync(join(secrets, "rpc_url"), `${rpcUrl}\n`);
  prepare({
    directory,
    envFile: join(directory, ".env"),
    deployment: join(directory, "deployed.json"),
    publicRpcUrl: rpcUrl,
  });

  const secret = (name: string) => readFileSync(join(secrets, name), "utf8");
  const suffix = `_${RUN_ID}`;
  for (const name of ["indexer", "forecast"]) {
    const url = secret(`${name}_database_url`).replace("postgres:5432", `127.0.0.1:${postgres.port}`) + suffix;
    rmSync(join(secrets, `${name}_database_url`));
    writeFileSync(join(secrets, `${name}_database_url`), url);
  }
  makeDatabases(postgres, secrets, suffix);

  const running: Running[] = [];
  const native = (name: string) => {
    const service = readCompose(env).services[name];
    if (!service) throw new Error(`compose.yaml has no service ${name}`);
    const local = (text: string) =>
      text
        .replaceAll("/run/secrets", secrets)
        .replaceAll("/config", join(directory, "config"))
        .replaceAll("/etc/caddy/Caddyfile", join(OPS, "Caddyfile"))
        .replaceAll("0.0.0.0:2019", `127.0.0.1:${ports.admin}`)
        .replaceAll("0.0.0.0", "127.0.0.1")
        .replaceAll("http://indexer:3001", here(ports.indexer))
        .replace(/^3001$/, String(ports.indexer))
        .replace(/^8000$/, String(ports.forecast))
        .replace(/^\/ops\//, `${OPS}/`)
        .replace(/^\/(data|backups)/, `${directory}/$1`);
    const environment = Object.entries(service.environment).map(([key, value]) => [key, local(value)]);
    return { command: service.command.map(local), env: Object.fromEntries(environment) as Record<string, string> };
  };
  return {
    ...{ directory, secrets, ports, env, place, postgres, secret, native },
    urls: { indexer: here(ports.indexer), forecast: here(ports.forecast) },
    start: (name, more = {}) => {
      const { command, env: own } = native(name);
      const one = run(command, { ...own, ...more });
      running.push(one);
      return one;
    },
    stop: async () => {
      await Promise.all(running.map((one) => one.end("SIGKILL")));
      await place.stop();
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A neighbourhood that has traded, and whose past is final to an indexer. */
async function liveIn(runId: string): Promise<Neighbourhood> {
  const place = await startNeighbourhood(runId);
  const dice = random(7);
  await registerHouses(place);
  await openMarket(place, dice);
  for (let n = 0; n < ACTS; n += 1) await act(place, dice);
  const { slot, asks, bids } = await fullSlot(place);
  await place.send(place.admin, "clearSlot", [slot, 4_000_000n, asks, bids, 1n]);
  await place.latestBlock();
  await place.client.mine({ blocks: UNFINAL_BLOCKS });
  return place;
}

/** What the postgres image runs on an empty volume. */
function makeDatabases(postgres: Postgres, secrets: string, suffix: string): void {
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

/** Each meter's newest readings, signed by it and taken in. */
export async function sendReadings({ place, urls }: Machine, count = READINGS): Promise<void> {
  const now = Number((await place.client.getBlock()).timestamp);
  const first = Math.floor(now / SLOT) * SLOT - (count + 1) * SLOT;
  for (const meter of place.meters.values()) {
    const readings = Array.from({ length: count }, (_, n) => ({
      start: first + n * SLOT,
      lengthSeconds: SLOT,
      productionWh: 100 + (n % 40) * 10,
      consumptionWh: 60 + n,
      temperatureCentiCelsius: null,
      version: 1,
    }));
    const signature = await signMeteredBatch(meter, place.deployment, readings);
    const response = await fetch(`${urls.forecast}/api/readings`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ batches: [{ meter: meter.address, readings, signature }] }),
    });
    if (!response.ok) throw new Error(`readings were answered ${response.status}: ${await response.text()}`);
  }
}

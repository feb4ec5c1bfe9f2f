// The set-up of ops/compose.yaml on this machine: a chain, PostgreSQL, the files that are written for the containers, and their
// commands, run without a container engine.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@gridx/contracts/node";
import { type Neighbourhood, startNeighbourhood } from "../../../indexer/test/support/neighbourhood.ts";
import { type Postgres, startPostgres } from "../../../scripts/postgres.ts";
import { prepare } from "../../src/prepare.ts";
import { OPS, readCompose } from "./compose.ts";
import { type Running, run } from "./run.ts";

const PORTS = [
  "page",
  "indexer",
  "forecast",
  "publicIndexer",
  "publicForecast",
  "proxyMetrics",
  "relay",
  "clear",
  "prometheus",
] as const;
type Ports = Record<(typeof PORTS)[number], number>;

export interface Machine {
  directory: string;
  /** Of `.env`. */
  env: Record<string, string>;
  ports: Ports;
  place: Neighbourhood;
  postgres: Postgres;
  /** Where the services are, without a proxy before them. */
  urls: { indexer: string; forecast: string };
  /** Of `prepare`. */
  deploymentFile: string;
  secret(name: string): string;
  /** A database's URL as it is on this machine. */
  databaseUrl(name: "indexer" | "forecast"): string;
  /** Writes a house's file and its meter's key, for the relay. */
  writeMeter(house: string, key: string, lines: readonly string[]): void;
  /** A container's text with what is of the container replaced by what is of this machine. */
  here(text: string): string;
  /** Runs a container's command. */
  start(name: string, more?: Record<string, string>): Running;
  stop(): Promise<void>;
}

export const RUN_ID = "0123456789abcdef";

export async function startMachine(): Promise<Machine> {
  const directory = mkdtempSync(join(tmpdir(), "gridx-ops-"));
  const secrets = join(directory, "secrets");
  const [postgres, place, ...free] = await Promise.all([
    startPostgres(),
    startNeighbourhood(RUN_ID),
    ...PORTS.map(() => freePort()),
  ]);
  const ports = Object.fromEntries(PORTS.map((name, index) => [name, free[index]])) as Ports;
  const { rpcUrl } = place.anvil;
  const [page, indexer, forecast] = [ports.page, ports.publicIndexer, ports.publicForecast].map(
    (port) => `http://127.0.0.1:${port}`,
  ) as [string, string, string];
  const env = {
    PAGE_ORIGIN: page,
    INDEXER_ORIGIN: indexer,
    FORECAST_ORIGIN: forecast,
    PAGE_MAY_ASK: [rpcUrl, indexer, forecast].join(" "),
    COMMUNITY_LATITUDE: "18.52",
    COMMUNITY_LONGITUDE: "73.86",
    COMMUNITY_TIME_ZONE: "Asia/Kolkata",
    RATE_LIMIT_PER_MINUTE: "0",
  };
  const envFile = join(directory, ".env");
  const lines = Object.entries(env).map(([name, value]) => `${name}="${value}"`);
  writeFileSync(envFile, lines.join("\n"));
  const deploymentFile = join(directory, "deployed.json");
  writeFileSync(deploymentFile, JSON.stringify(place.deployment));
  // As a clone has it.
  mkdirSync(secrets, { mode: 0o755 });
  writeFileSync(join(secrets, "rpc_url"), `${rpcUrl}\n`);
  prepare({ directory, envFile, deployment: deploymentFile, publicRpcUrl: rpcUrl });

  const secret = (name: string) => readFileSync(join(secrets, name), "utf8");
  const suffix = `_${RUN_ID}`;
  for (const name of ["indexer", "forecast"]) {
    const url = secret(`${name}_database_url`).replace("postgres:5432", `127.0.0.1:${postgres.port}`) + suffix;
    rmSync(join(secrets, `${name}_database_url`));
    writeFileSync(join(secrets, `${name}_database_url`), url);
  }
  makeDatabases(postgres.port, secrets, suffix);

  const here = (text: string) =>
    text
      .replaceAll("/run/secrets", secrets)
      .replaceAll("/config", join(directory, "config"))
      .replaceAll("/etc/caddy/Caddyfile", join(OPS, "Caddyfile"))
      .replaceAll("0.0.0.0", "127.0.0.1")
      .replaceAll("indexer:3001", `127.0.0.1:${ports.indexer}`)
      .replaceAll("forecast:8000", `127.0.0.1:${ports.forecast}`)
      .replaceAll("relay:9464", `127.0.0.1:${ports.relay}`)
      .replaceAll("clear:9464", `127.0.0.1:${ports.clear}`)
      .replaceAll("web:2020", `127.0.0.1:${ports.proxyMetrics}`)
      .replaceAll("localhost:9090", `127.0.0.1:${ports.prometheus}`)
      .replace(/^3001$/, String(ports.indexer))
      .replace(/^8000$/, String(ports.forecast))
      .replace(/^2020$/, String(ports.proxyMetrics))
      .replace(/^\/ops\//, `${OPS}/`)
      .replace(/^\/(data|state|meters|backups)/, join(directory, "$1"));
  const running: Running[] = [];
  return {
    ...{ directory, env, ports, place, postgres, deploymentFile, secret, here },
    urls: { indexer: `http://127.0.0.1:${ports.indexer}`, forecast: `http://127.0.0.1:${ports.forecast}` },
    writeMeter: (house, key, lines) => {
      mkdirSync(join(directory, "meters"));
      writeFileSync(join(directory, "meters", `${house}.csv`), `${lines.join("\n")}\n`);
      writeFileSync(join(secrets, "meter_keys"), JSON.stringify({ [house]: key }), { mode: 0o400 });
    },
    databaseUrl: (name) => secret(`${name}_database_url`),
    start: (name, more = {}) => {
      const service = readCompose(env).services[name];
      if (!service) throw new Error(`compose.yaml has no service ${name}`);
      const given = Object.entries(service.environment).map(([key, value]) => [key, here(value)]);
      const one = run(service.command.map(here), { ...Object.fromEntries(given), ...more });
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

/** What the postgres image runs on an empty volume. */
function makeDatabases(port: number, secrets: string, suffix: string) {
  const { status, stderr } = spawnSync("sh", [join(OPS, "postgres", "databases.sh")], {
    encoding: "utf8",
    env: {
      ...process.env,
      PGHOST: "127.0.0.1",
      PGPORT: String(port),
      POSTGRES_USER: "gridx",
      INDEXER_PASSWORD_FILE: join(secrets, "indexer_password"),
      FORECAST_PASSWORD_FILE: join(secrets, "forecast_password"),
      DATABASE_SUFFIX: suffix,
    },
  });
  if (status !== 0) throw new Error(stderr);
}

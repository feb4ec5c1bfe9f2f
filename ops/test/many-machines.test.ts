// What runs on many machines, on this one: a database with a streaming copy, an indexer, two replicas, two forecast
// services and a proxy, under load, while each part in turn is lost.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MeteredReading, signMeteredBatch } from "@gridx/contracts";
import { freePort } from "@gridx/contracts/node";
import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { expectReplayed } from "../../indexer/test/support/compare.ts";
import { observe } from "../../indexer/test/support/indexer.ts";
import {
  act,
  type Neighbourhood,
  openMarket,
  random,
  registerHouses,
  SLOT,
  startNeighbourhood,
} from "../../indexer/test/support/neighbourhood.ts";
import { keepReading, overstated, type Reader } from "../../indexer/test/support/reader.ts";
import { type Postgres, type Standby, startPostgres } from "../../scripts/postgres.ts";
import { OPS, readCompose } from "./support/compose.ts";
import { type Forward, forward } from "./support/forward.ts";
import { hasProgram, pause, type Running, run, until } from "./support/run.ts";

const LONG = process.env.GRIDX_LONG === "1";
/** Seconds in which a read through the proxy may fail when a part is lost; docs/scale.md states them. */
const STATED = { replica: 3, forecast: 3, indexer: 0, proxy: 10, database: 20 };
const VIEWS = "gridx";
const directory = mkdtempSync(join(tmpdir(), "gridx-many-"));
const ended: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of ended.reverse()) await end();
  rmSync(directory, { recursive: true, force: true });
});

/** Meters that send what they measure until it is taken. */
function keepMetering(place: Neighbourhood, url: string) {
  const meters = [...place.meters.values()];
  const taken: { meter: string; start: number }[] = [];
  let going = true;
  let back = 2;
  const loop = async () => {
    while (going) {
      const now = Number((await place.client.getBlock()).timestamp);
      const meter = meters[back % meters.length];
      if (!meter) throw new Error("no meters");
      // Newer ones first would leave gaps where a test ends early; each is of a slot of its own.
      const start = Math.floor(now / SLOT) * SLOT - 50 * 86_400 + back * SLOT;
      const readings: MeteredReading[] = [
        { start, lengthSeconds: SLOT, productionWh: 100, consumptionWh: 50, temperatureCentiCelsius: null, version: 1 },
      ];
      const signature = await signMeteredBatch(meter, place.deployment, readings);
      const body = JSON.stringify({ batches: [{ meter: meter.address, readings, signature }] });
      const send = async () => {
        const headers = { "content-type": "application/json" };
        const signal = AbortSignal.timeout(5_000);
        return (await fetch(`${url}/api/readings`, { method: "POST", headers, body, signal })).ok;
      };
      while (going && !(await send().catch(() => false))) await pause(200);
      if (going) taken.push({ meter: meter.address.toLowerCase(), start });
      back += 1;
      await pause(30);
    }
  };
  const done = loop();
  return {
    taken,
    stop: () => {
      going = false;
      return done;
    },
  };
}

/** From the first answer that was none to the last, in seconds; and the longest wait for one. */
function keepAsking(url: string) {
  const failures: number[] = [];
  let going = true;
  const loop = async () => {
    while (going) {
      const ok = await fetch(url, { signal: AbortSignal.timeout(3_000) }).then(
        ({ status }) => status < 500,
        () => false,
      );
      if (!ok) failures.push(Date.now());
      await pause(20);
    }
  };
  const done = loop();
  return {
    stop: async () => {
      going = false;
      await done;
      const [first = 0, last = 0] = [failures[0], failures.at(-1)];
      return { failures: failures.length, seconds: (last - first) / 1000 };
    },
  };
}

describe.skipIf(!LONG || !hasProgram("caddy"))("many machines (GRIDX_LONG=1, with caddy and PostgreSQL)", () => {
  it("lose each part in turn: no wrong answer, no lost reading, errors for stated seconds only", async () => {
    const dice = random(Number(process.env.GRIDX_SEED ?? 77));
    const postgres: Postgres = await startPostgres();
    ended.push(() => postgres.stop());
    const standby: Standby | null = await postgres.standby();
    if (!standby) throw new Error("pg_basebackup is missing; install PostgreSQL");
    ended.push(() => standby.stop());
    const database: Forward = await forward(postgres.port);
    ended.push(() => database.close());

    const place = await startNeighbourhood("many");
    ended.push(() => place.stop());
    await registerHouses(place);
    await openMarket(place, dice);
    for (let n = 0; n < 40; n += 1) await act(place, dice);
    const deployment = join(directory, "deployment.json");
    writeFileSync(deployment, JSON.stringify(place.deployment));
    const atForward = async (name: string) => {
      const url = new URL(await postgres.createDatabase(`${name}-${place.deployment.runId}`));
      url.port = String(database.port);
      return url.href;
    };
    const [indexerDatabase, forecastDatabase] = [await atForward("indexer"), await atForward("forecast")];
    const shared = { GRIDX_DEPLOYMENT: deployment, RPC_URL: place.anvil.rpcUrl, RATE_LIMIT_PER_MINUTE: "0" };
    const ports = await Promise.all(Array.from({ length: 9 }, () => freePort()));
    const [indexerPort = 0, replica1 = 0, replica2 = 0, forecast1 = 0, forecast2 = 0, ...others] = ports;
    const [publicIndexer = 0, publicForecast = 0, page = 0, proxyMetrics = 0] = others;

    const node = (...args: string[]) => ["node", "--import", "tsx", ...args];
    const start = (command: string[], env: Record<string, string>): Running => {
      const one = run(command, env);
      ended.push(() => one.end("SIGKILL"));
      return one;
    };
    const answers = (port: number, path: string) => async () => (await fetch(`http://127.0.0.1:${port}${path}`)).ok;
    const indexerEnv = { ...shared, DATABASE_URL: indexerDatabase, DATABASE_SCHEMA: "one" };
    const startIndexer = () => start(node("indexer/cli.ts", "start"), { ...indexerEnv, PORT: String(indexerPort) });
    const startReplica = (port: number) =>
      start(node("indexer/cli.ts", "serve", "--views", VIEWS), { ...indexerEnv, PORT: String(port) });
    const startForecast = (port: number) =>
      start(node("forecast/src/server.ts"), {
        ...shared,
        DATABASE_URL: forecastDatabase,
        PORT: String(port),
        COMMUNITY_TIME_ZONE: "Asia/Kolkata",
        LOG_LEVEL: "warn",
      });
    let indexer = startIndexer();
    await until("indexer", answers(indexerPort, "/api/ready"), 90);
    const moved = start(node("indexer/cli.ts", "views", "--views", VIEWS), indexerEnv);
    await until("views", async () => moved.process.exitCode === 0);
    const services = new Map([replica1, replica2].map((port) => [port, startReplica(port)]));
    // One at a time: each migrates the database if need be.
    for (const port of [forecast1, forecast2]) {
      services.set(port, startForecast(port));
      await until("forecast", answers(port, "/ready"));
    }
    for (const port of [replica1, replica2]) await until("replica", answers(port, "/api/live"));

    mkdirSync(join(directory, "page"));
    const origin = (port: number) => `http://127.0.0.1:${port}`;
    const web = readCompose({
      PAGE_ORIGIN: origin(page),
      INDEXER_ORIGIN: origin(publicIndexer),
      FORECAST_ORIGIN: origin(publicForecast),
      PAGE_MAY_ASK: "'self'",
      COMMUNITY_LATITUDE: "0",
      COMMUNITY_LONGITUDE: "0",
      COMMUNITY_TIME_ZONE: "UTC",
    }).services.web;
    const startProxy = () =>
      start(["caddy", "run", "--config", join(OPS, "Caddyfile")], {
        ...web?.environment,
        CADDY_ADMIN: "off",
        METRICS_HOST: "127.0.0.1",
        METRICS_PORT: String(proxyMetrics),
        PAGE_DIRECTORY: join(directory, "page"),
        XDG_DATA_HOME: directory,
        XDG_CONFIG_HOME: directory,
        INDEXER_UPSTREAMS: `127.0.0.1:${replica1} 127.0.0.1:${replica2}`,
        FORECAST_UPSTREAMS: `127.0.0.1:${forecast1} 127.0.0.1:${forecast2}`,
      });
    let proxy = startProxy();
    await until("proxy", answers(publicIndexer, "/api/live"));
    await until("proxy", answers(publicForecast, "/ready"));

    const meters = keepMetering(place, origin(publicForecast));
    const reader: Reader = keepReading(origin(publicIndexer));
    let going = true;
    const living = (async () => {
      // The comparison below reads lists of at most 1,000 rows.
      for (; going; await pause(500)) await act(place, dice);
    })();

    const lost: Record<string, { failures: number; seconds: number }> = {};
    const lose = async (what: keyof typeof STATED, path: string, how: () => Promise<void>) => {
      const asking = keepAsking(path);
      await pause(1_000);
      await how();
      await pause(4_000);
      lost[what] = await asking.stop();
      expect(lost[what]?.seconds, `${what}: ${JSON.stringify(lost[what])}`).toBeLessThanOrEqual(STATED[what]);
    };
    const restart = async (port: number, again: (port: number) => Running, path: string) => {
      await services.get(port)?.end("SIGKILL");
      await pause(2_000);
      services.set(port, again(port));
      await until("back", answers(port, path));
    };
    const reads = `${origin(publicIndexer)}/api/energy-trades?limit=5`;
    const prices = `${origin(publicForecast)}/ready`;
    for (const port of [replica1, replica2])
      await lose("replica", reads, () => restart(port, startReplica, "/api/live"));
    for (const port of [forecast1, forecast2])
      await lose("forecast", prices, () => restart(port, startForecast, "/ready"));
    await lose("indexer", reads, async () => {
      await indexer.end("SIGKILL");
      await pause(2_000);
      indexer = startIndexer();
    });
    await lose("proxy", reads, async () => {
      await proxy.end("SIGKILL");
      proxy = startProxy();
    });
    await until("indexer back", answers(indexerPort, "/api/ready"), 90);
    await lose("database", reads, async () => {
      await postgres.crash();
      await standby.promote();
      database.leadTo(standby.port);
      await until("reads", answers(publicIndexer, "/api/live"));
    });
    // What ended by itself is started again, as any supervisor does.
    if (indexer.process.exitCode !== null) indexer = startIndexer();
    await until("indexer after all", answers(indexerPort, "/api/ready"), 120);

    going = false;
    await living;
    await meters.stop();
    await reader.stop();
    expect(await overstated(place, reader.readings)).toEqual([]);
    await expectReplayed(
      place,
      observe(origin(publicIndexer), { deployment: place.deployment, chainUrl: place.anvil.rpcUrl }),
    );
    const client = new pg.Client(forecastDatabase);
    await client.connect();
    const { rows } = await client.query("select count(*)::int as kept from reading");
    await client.end();
    expect(rows[0].kept).toBeGreaterThanOrEqual(meters.taken.length);
    expect(meters.taken.length).toBeGreaterThan(50);
    process.stdout.write(`${JSON.stringify({ lost, reads: reader.readings.length, readings: meters.taken.length })}\n`);
  }, 600_000);
});

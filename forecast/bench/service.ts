// `npm run bench forecast-service`: how long answers take at 50 connections, from the cache and computed. The service runs as a
// process of its own on a local chain with ten homes of eight weeks; autocannon asks.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileContracts, freePort } from "@gridx/contracts/node";
import autocannon from "autocannon";
import { startPostgres } from "../../scripts/postgres.ts";
import { settleHours } from "../src/community/settle.ts";
import { readingAt, startChain, startService, type TestHome } from "../test/support/world.ts";

const CONNECTIONS = 50;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 10);
const DAYS = 56;
const HOUR = 3600;
const GOALS = { cached: 20, computed: 100 };
/** A service that has kept what it learnt learns anew all the same, on a processor that the answers would need. */
const TRAINED = /^forecast_job_seconds_count\{(?=[^}]*job="train")(?=[^}]*outcome="done")[^}]*\} [1-9]/m;
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const say = (text: string) => process.stdout.write(`${text}\n`);

compileContracts();
const chain = await startChain(10);
const folder = mkdtempSync(join(tmpdir(), "gridx-bench-"));
const postgres = await startPostgres();
let failed = false;
try {
  writeFileSync(join(folder, "deployment.json"), JSON.stringify(chain.deployment));
  say(
    `${CONNECTIONS} connections for ${SECONDS} s each; ten homes of ${DAYS} days; Node ${process.version}; ${postgres.version}; load ${loadavg()
      .map((load) => load.toFixed(1))
      .join(", ")}`,
  );
  say("| database | answers | p50 ms | p99 ms | goal ms | a second |");
  say("| --- | --- | --- | --- | --- | --- |");
  await measureHello();
  if (process.env.BENCH_ONLY !== "PGlite")
    await measure("PostgreSQL", { DATABASE_URL: await postgres.createDatabase("bench") });
  await measure("PGlite", { PGLITE_DIRECTORY: folder });
} finally {
  await postgres.stop();
  await chain.anvil.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);

/** The same framework with one constant answer: what is left over by the machine and whatever else runs on it. */
async function measureHello(): Promise<void> {
  const port = await freePort();
  const child = start("bench/hello.ts", { PORT: String(port) });
  try {
    const url = `http://127.0.0.1:${port}`;
    while (!(await fetch(url).catch(() => null))) await new Promise((resolve) => setTimeout(resolve, 100));
    row("none", "hello, for comparison", await cannon([{ path: "/", origin: url }]), null);
  } finally {
    await stop(child);
  }
}

function start(file: string, env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, ["--import", "tsx", file], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill("SIGTERM");
  await new Promise((resolve) => child.once("exit", resolve));
}

async function measure(database: string, environment: Record<string, string>): Promise<void> {
  await fill(environment);
  for (const [kind, file, goal] of [
    ["cached", "src/server.ts", GOALS.cached],
    ["computed", "bench/uncached.ts", GOALS.computed],
  ] as const) {
    const port = await freePort();
    const child = start(file, {
      PORT: String(port),
      LOG_LEVEL: "error",
      GRIDX_DEPLOYMENT: join(folder, "deployment.json"),
      RPC_URL: chain.anvil.rpcUrl,
      RATE_LIMIT_PER_MINUTE: "0",
      COMMUNITY_LATITUDE: "18.5",
      ...environment,
    });
    try {
      const origin = `http://127.0.0.1:${port}`;
      const tokens = await untilReady(origin);
      const hours = kind === "cached" ? [24] : Array.from({ length: 48 }, (_, index) => index + 1);
      const community = hours.map((ahead) => ({ path: `/api/forecast?hours=${ahead}`, origin }));
      row(database, `community, ${kind}`, await cannon(community), goal);
      const homes = hours.flatMap((ahead) =>
        chain.homes.map(({ id }, index) => ({
          path: `/api/forecast?hours=${ahead}&houseId=${id}`,
          origin,
          headers: { authorization: `Bearer ${tokens[index]}` },
        })),
      );
      row(database, `ten homes, ${kind}`, await cannon(homes), goal);
    } finally {
      await stop(child);
    }
  }
}

async function fill(environment: Record<string, string>): Promise<void> {
  const { DATABASE_URL, PGLITE_DIRECTORY } = environment;
  const place = DATABASE_URL
    ? ({ kind: "postgres", connectionString: DATABASE_URL } as const)
    : ({ kind: "pglite", directory: join(PGLITE_DIRECTORY ?? "", `pglite-31337-${chain.deployment.runId}`) } as const);
  const service = await startService(chain, place);
  const end = Math.floor((await chain.now()) / HOUR) * HOUR;
  for (const [index, home] of chain.homes.entries()) {
    const readings = Array.from({ length: DAYS * 24 }, (_, back) => {
      const start = end - (back + 1) * HOUR;
      const hour = (start / HOUR) % 24;
      const productionWh = Math.round(
        1_800 * Math.max(0, Math.sin((hour / 12 - 0.5) * Math.PI)) * (0.6 + ((start / 86_400) % 5) / 12),
      );
      const consumptionWh = 200 + index * 25 + ((start / HOUR) % 7) * 30 + (hour > 17 ? 400 : 0);
      return readingAt(start, { lengthSeconds: HOUR, productionWh, consumptionWh });
    });
    for (let at = 0; at < readings.length; at += 1_000) await service.send(home, readings.slice(at, at + 1_000));
  }
  const { database, registry, clock } = service.services;
  const options = { now: await clock.now(), windowSeconds: (DAYS + 1) * 86_400, quietSeconds: 0 };
  await settleHours(database.db, await registry.read(), options);
  await service.close();
}

/** Waits until everything is trained and nothing is being learnt; gives each owner's token. */
async function untilReady(url: string): Promise<string[]> {
  const request = (path: string, init?: RequestInit) => fetch(`${url}${path}`, init);
  const deadline = Date.now() + 180_000;
  for (;;) {
    const answer = await request("/api/models").catch(() => null);
    const data = answer?.ok ? ((await answer.json()) as { data: { trained: boolean }[] }).data : [];
    const metrics = await request("/metrics").catch(() => null);
    const isAtRest = metrics?.ok && TRAINED.test(await metrics.text());
    if (isAtRest && data.length > 0 && data.every(({ trained }) => trained)) break;
    if (Date.now() > deadline) throw new Error("the models were not trained in three minutes");
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const tokens: string[] = [];
  for (const home of chain.homes) tokens.push(await signIn(url, home));
  return tokens;
}

async function signIn(url: string, { owner }: TestHome): Promise<string> {
  const { messageFor } = await import("../test/support/world.ts");
  const headers = { "content-type": "application/json" };
  const { message } = await messageFor((path, init) => fetch(`${url}${path}`, { ...init, headers }), owner.address);
  const body = JSON.stringify({ message, signature: await owner.signMessage({ message }) });
  const response = await fetch(`${url}/api/session`, { method: "POST", headers, body });
  return ((await response.json()) as { data: { token: string } }).data.token;
}

interface Target {
  origin: string;
  path: string;
  headers?: Record<string, string>;
}

async function cannon(targets: Target[]) {
  const url = targets[0]?.origin ?? "";
  const requests = targets.map(({ path, headers }) => ({ method: "GET" as const, path, headers }));
  let connection = 0;
  // Each connection begins at another question: those that ask the same at once would be answered by one computation.
  const setupClient = (client: autocannon.Client) => {
    const from = (connection++ * 7) % requests.length;
    client.setRequests([...requests.slice(from), ...requests.slice(0, from)]);
  };
  await autocannon({ url, requests, setupClient, connections: 10, duration: 2 });
  return autocannon({ url, requests, setupClient, connections: CONNECTIONS, duration: SECONDS });
}

function row(
  database: string,
  kind: string,
  { latency, requests, non2xx, errors }: autocannon.Result,
  goal: number | null,
): void {
  if (non2xx + errors > 0) say(`${non2xx} answers were no success, ${errors} none at all`);
  if (non2xx + errors > 0 || (goal !== null && latency.p99 > goal)) failed = true;
  say(`| ${database} | ${kind} | ${latency.p50} | ${latency.p99} | ${goal ?? "–"} | ${Math.round(requests.average)} |`);
}

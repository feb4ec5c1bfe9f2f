// `npm run bench load`: ApacheBench on what both services answer most and on what costs them most, on PostgreSQL, without
// a rate limit (it has tests of its own). Ends with 1 where any request failed.
import { spawn } from "node:child_process";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadedAddress, loadedTime, openLoader } from "../../indexer/bench/load.ts";
import { note, say, table } from "../../indexer/bench/report.ts";
import { schemaName } from "../../indexer/launch.ts";
import { live, sendReadings } from "../test/support/lived.ts";
import { type Machine, startMachine } from "../test/support/machine.ts";
import { residentMb } from "../test/support/memory.ts";
import { hasProgram, until } from "../test/support/run.ts";

const HELP = `npm run bench load [-- options]
  --requests N     to each address       (10000)
  --connections N  at once               (100)
  --trades N       behind the indexer    (100000)
`;
const ACCOUNTS = 1_000;
/** Ten days of slots for each home. */
const READINGS = 960;

interface Load {
  failed: number;
  perSecond: number;
  p50: number;
  p99: number;
}

/** Each request on a connection of its own, as `ab` does it. */
function ab(url: string, requests: number, connections: number): Promise<Load> {
  // What an answer says of the time changes its length.
  const args = ["-q", "-l", "-s", "60", "-n", String(requests), "-c", String(connections), url];
  return new Promise((resolve, reject) => {
    const child = spawn("ab", args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (output += part));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code !== 0) return reject(new Error(`ab ${url} ended with ${code}:\n${output}`));
      const read = (pattern: RegExp) => Number(pattern.exec(output)?.[1] ?? Number.NaN);
      const complete = read(/Complete requests:\s+(\d+)/);
      const refused = Number(/Non-2xx responses:\s+(\d+)/.exec(output)?.[1] ?? 0);
      resolve({
        failed: requests - complete + read(/Failed requests:\s+(\d+)/) + refused,
        perSecond: Math.round(read(/Requests per second:\s+([\d.]+)/)),
        p50: read(/\n\s+50%\s+(\d+)/),
        p99: read(/\n\s+99%\s+(\d+)/),
      });
    });
  });
}

function pagesOf(trades: number): [service: "indexer" | "forecast", path: string][] {
  const day = loadedTime(Math.floor(trades / 2));
  const midnight = day - (day % 86_400);
  const account = loadedAddress(7);
  return [
    ["indexer", "/health"],
    ["indexer", "/api/market"],
    ["indexer", "/api/energy-trades"],
    ["indexer", `/api/energy-trades/user/${account}`],
    ["indexer", `/api/markets/slots?from=${midnight}&to=${midnight + 86_400}&limit=96`],
    ["indexer", "/api/leaderboard"],
    ["forecast", "/health"],
    ["forecast", "/api/price?demandKwh=3"],
    ["forecast", "/api/forecast?hours=24"],
    ["forecast", "/api/market-analysis"],
    ["forecast", "/api/community/energy"],
  ];
}

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const options = { requests: text, connections: text, trades: text, help: { type: "boolean" } } as const;
  const { values } = parseArgs({ options });
  if (values.help) {
    say(HELP);
    return 0;
  }
  const number = (name: "requests" | "connections" | "trades", usual: number) => {
    const value = Number(values[name] ?? usual);
    if (Number.isInteger(value) && value > 0) return value;
    throw new Error(`--${name}: expected a whole number above 0, not ${values[name]}`);
  };
  const [requests, connections] = [number("requests", 10_000), number("connections", 100)];
  const trades = number("trades", 100_000);
  if (!hasProgram("ab")) throw new Error("ab is missing; install apache2-utils (Debian) or httpd-tools (Fedora)");

  const machine = await startMachine();
  let failed = 0;
  try {
    await live(machine.place);
    const services = { indexer: machine.start("indexer"), forecast: machine.start("forecast") };
    // What is asked while Ponder starts may stay without an answer.
    const isOk = (url: string) => async () => (await fetch(url, { signal: AbortSignal.timeout(5_000) })).ok;
    await until("indexer", isOk(`${machine.urls.indexer}/api/live`), 60).catch((error) => {
      throw new Error(`${error}\n${services.indexer.output().slice(-2_000)}`);
    });
    await until("indexer caught up", isOk(`${machine.urls.indexer}/api/ready`), 60);
    await until("forecast", isOk(`${machine.urls.forecast}/ready`));
    note("loading");
    await sendReadings(machine, READINGS);
    const schema = schemaName(join(machine.directory, "config", "deployment.json"));
    const loader = await openLoader(asSuperuser(machine), schema, ACCOUNTS);
    await loader.load(0, trades);
    await loader.close();
    say(
      `ab -n ${requests} -c ${connections} on each address; ${trades} trades, ${machine.place.meters.size} homes of ${READINGS} readings; ` +
        `Node ${process.version}, ${machine.postgres.version.split(",")[0]}, ${availableParallelism()} cores, load before ${loadavg()[0]?.toFixed(1)}`,
    );
    const rows: (string | number)[][] = [];
    for (const [service, path] of pagesOf(trades)) {
      note(`${service} ${path}`);
      const url = `${machine.urls[service]}${path}`;
      const first = await fetch(url);
      if (!first.ok) {
        // A community of few homes has no forecast that may be shown.
        say(`${service} ${path} is not measured: it answers ${first.status}, ${(await first.text()).slice(0, 200)}`);
        continue;
      }
      await first.arrayBuffer();
      const load = await ab(url, requests, connections);
      failed += load.failed;
      const mb = Math.round(residentMb(services[service].process.pid));
      const shortened = path.replace(/0x([0-9a-f]{4})\w+/i, "0x$1…").replace(/\d{10}/g, "T");
      rows.push([service, shortened, load.failed, load.perSecond, load.p50, load.p99, mb]);
    }
    say(table(["service", "address", "failures", "a second", "p50 ms", "p99 ms", "MB after"], rows));
    say(`load after ${loadavg()[0]?.toFixed(1)}; ${failed} failures`);
  } finally {
    await machine.stop();
  }
  return failed === 0 ? 0 : 1;
}

/** Only it may write past Ponder's triggers. */
function asSuperuser({ secret, postgres }: Machine): string {
  const url = new URL(secret("indexer_database_url"));
  return `postgresql://gridx@127.0.0.1:${postgres.port}${url.pathname}`;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);

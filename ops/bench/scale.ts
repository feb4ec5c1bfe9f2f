// What one slot costs as a community grows: `npm run bench scale [-- --homes 10,100,1000]`. A real chain, a real
// PostgreSQL, the forecast service in this process; every home is a meter of its own that signs what it measured.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gridxAbi, gridxDomain, type MeteredReading, readingTypes, signMeteredBatch } from "@gridx/contracts";
import { compileContracts, deployLocal, localClient, startAnvil } from "@gridx/contracts/node";
import pg from "pg";
import { keccak256, type LocalAccount, toHex } from "viem";
import { mnemonicToAccount, privateKeyToAccount } from "viem/accounts";
import { createApp } from "../../forecast/src/app.ts";
import { readConfig } from "../../forecast/src/config.ts";
import { openServices } from "../../forecast/src/services.ts";
import { median, note, say, table } from "../../indexer/bench/report.ts";
import { arrange } from "../../operator/src/clear/arrange.ts";
import { split } from "../../operator/src/clear/pairs.ts";
import { solve } from "../../operator/src/clear/solve.ts";
import { sequence } from "../../operator/src/random.ts";
import { startPostgres } from "../../scripts/postgres.ts";

const SLOT = 900;
/** Readings in a transaction, as the relay sends them, and homes in a request, as the service takes them. */
const BATCH = 100;
const ROUNDS = 3;
const admin = mnemonicToAccount("test test test test test test test test test test test junk");
const { values } = parseArgs({
  options: { homes: { type: "string", default: "10,100,1000,10000" }, row: { type: "boolean", default: false } },
});
const HEAD = [
  "homes",
  "readings: million gas a slot",
  "transactions",
  "seconds on anvil",
  "clearing solved (ms)",
].concat(["its calls", "service takes a slot (s)", "readings a second", "bytes a reading"]);
const sizes = values.homes.split(",").map(Number);
if (sizes.some((size) => !Number.isInteger(size) || size < 2))
  throw new Error("--homes: whole numbers from 2, by commas");

/** Each size on a chain and a database of its own. */
function inProcess(size: number): (string | number)[] {
  note(`${size} homes`);
  const args = ["--import", "tsx", import.meta.filename, "--homes", String(size), "--row"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as (string | number)[];
}

if (!values.row) {
  const rows = sizes.map(inProcess);
  say(
    `Node ${process.version}; load ${loadavg()
      .map((load) => load.toFixed(1))
      .join(", ")}\n`,
  );
  say(table(HEAD, rows));
  process.exit();
}

compileContracts();
const directory = mkdtempSync(join(tmpdir(), "gridx-scale-"));
const [postgres, anvil] = await Promise.all([startPostgres(), startAnvil({ timestamp: 1_750_000_000 })]);
const client = localClient(anvil.rpcUrl);
const runId = "scale";
const deployment = await deployLocal(client, admin, { slotDuration: SLOT, ringLength: 96, tradingWindow: 94, runId });
const deploymentFile = join(directory, "deployment.json");
writeFileSync(deploymentFile, JSON.stringify(deployment));
const databaseUrl = await postgres.createDatabase(runId);
const services = await openServices(
  readConfig({
    GRIDX_DEPLOYMENT: deploymentFile,
    RPC_URL: anvil.rpcUrl,
    DATABASE_URL: databaseUrl,
    RATE_LIMIT_PER_MINUTE: "0",
  }),
);
const app = createApp(services);
const database = new pg.Client(databaseUrl);
await database.connect();

const meters: LocalAccount[] = [];
const contract = { abi: gridxAbi, address: deployment.address, account: admin.address, chain: null } as const;

/** More than one registration takes, so that nobody has to try it first. */
const REGISTER_GAS = 300_000n;

/**
 * Many in a block: anvil keeps the state of each, and ten thousand states of ten thousand houses are more than a machine has.
 * It signs for its own account, so there is no waiting for each.
 */
async function growTo(homes: number) {
  await client.setAutomine(false);
  const all = Array.from({ length: homes }, (_, n) => privateKeyToAccount(keccak256(toHex(`home ${n}`))));
  for (const some of chunks(all, BATCH)) {
    for (const { address } of some) {
      const args = [address, address, 5_000] as const;
      await client.writeContract({ ...contract, functionName: "registerHouse", args, gas: REGISTER_GAS });
    }
    await client.mine({ blocks: 1 });
  }
  await client.setAutomine(true);
  meters.push(...all);
  const registered = (await client.getContractEvents({ ...contract, eventName: "HouseRegistered", fromBlock: 0n }))
    .length;
  if (registered !== homes) throw new Error(`${registered} of ${homes} homes are on the chain`);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const chunks = <T>(list: readonly T[], size: number) =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, n) => list.slice(n * size, (n + 1) * size));

/** All homes' readings of the slot that has just ended, on the chain. */
async function attest() {
  const { timestamp } = await client.getBlock();
  const slot = Math.floor(Number(timestamp) / SLOT);
  await client.setNextBlockTimestamp({ timestamp: BigInt((slot + 1) * SLOT) });
  await client.mine({ blocks: 1 });
  const message = { slot, exportWh: 700n };
  const domain = gridxDomain(deployment);
  const typed = { domain, types: readingTypes, primaryType: "Reading", message } as const;
  const readings = await Promise.all(
    meters.map(async (meter) => ({ ...message, signature: await meter.signTypedData(typed) })),
  );
  const started = performance.now();
  let gas = 0n;
  for (const batch of chunks(readings, BATCH)) {
    const hash = await client.writeContract({ ...contract, functionName: "attestReadings", args: [batch] });
    let receipt = null;
    while (!receipt) receipt = await client.getTransactionReceipt({ hash }).catch(() => pause(5).then(() => null));
    gas += receipt.gasUsed;
  }
  return { slot, gas, seconds: (performance.now() - started) / 1000 };
}

/** The same homes' production and consumption, at the forecast service. */
async function receive(slot: number) {
  const readings: MeteredReading[] = [
    {
      start: slot * SLOT,
      lengthSeconds: SLOT,
      productionWh: 900,
      consumptionWh: 200,
      temperatureCentiCelsius: null,
      version: 1,
    },
  ];
  const batches = await Promise.all(
    meters.map(async (meter) => ({
      meter: meter.address,
      readings,
      signature: await signMeteredBatch(meter, deployment, readings),
    })),
  );
  const started = performance.now();
  for (const some of chunks(batches, BATCH)) {
    const body = JSON.stringify({ batches: some });
    const answer = await app.request("/api/readings", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  }
  return (performance.now() - started) / 1000;
}

async function bytesPerReading() {
  const { rows } = await database.query(
    "select pg_total_relation_size('reading')::float8 / greatest(count(*), 1) as bytes from reading",
  );
  return Number(rows[0].bytes);
}

/** A clearing in which every other home sells and the others bid. */
function clear(homes: number) {
  const next = sequence(homes);
  const some = (low: number, high: number) => BigInt(Math.floor(low + (high - low) * next()));
  const asks = meters
    .slice(0, homes / 2)
    .map(({ address }) => ({ seller: address, energyWh: some(1, 1500), pricePerKwh: some(3e6, 7e6) }));
  const bids = meters
    .slice(homes / 2, homes)
    .map(({ address }) => ({ buyer: address, energyWh: some(1, 900), limitPerKwh: some(4e6, 8e6) }));
  const times: number[] = [];
  let calls = 0;
  let trades = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    const clearing = solve({ asks, bids, feeBps: 100n });
    const arranged = arrange(clearing.asks, clearing.bids);
    calls = split(arranged.asks, arranged.bids, 300).length;
    times.push(performance.now() - started);
    trades = clearing.asks.length + clearing.bids.length;
  }
  return { milliseconds: median(times), calls, trades };
}

try {
  const homes = sizes[0] ?? 2;
  await growTo(homes);
  const chain: Awaited<ReturnType<typeof attest>>[] = [];
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const attested = await attest();
    chain.push(attested);
    // The service keeps the chain's time and the houses for a moment.
    await pause(3_000);
    seconds.push(await receive(attested.slot));
  }
  const cleared = clear(homes);
  const received = median(seconds);
  const row = [
    homes,
    (median(chain.map(({ gas }) => Number(gas))) / 1e6).toFixed(2),
    Math.ceil(homes / BATCH),
    median(chain.map(({ seconds }) => seconds)).toFixed(2),
    cleared.milliseconds.toFixed(1),
    cleared.calls,
    received.toFixed(2),
    Math.round(homes / received),
    Math.round(await bytesPerReading()),
  ];
  say(JSON.stringify(row));
} finally {
  await database.end();
  await services.close();
  await Promise.all([anvil.stop(), postgres.stop()]);
  rmSync(directory, { recursive: true, force: true });
}

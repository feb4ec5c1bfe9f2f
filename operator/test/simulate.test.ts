import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Deployment, demoRupeeAbi, gridxAbi } from "@gridx/contracts";
import { type Anvil, compileContracts, deployLocal, localClient, startAnvil } from "@gridx/contracts/node";
import { encodeAbiParameters, type Hex, keccak256, parseEventLogs } from "viem";
import { mnemonicToAccount, privateKeyToAccount } from "viem/accounts";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createRpc, latestBlock } from "../src/chain/rpc.ts";
import { planSimulation } from "../src/index.ts";
import { sequence } from "../src/random.ts";
import { playHistory } from "../src/simulate/history.ts";
import type { SimulationEvent } from "../src/simulate/output.ts";
import { openNeighbourhood } from "../src/simulate/plan.ts";
import { registerAll } from "../src/simulate/register.ts";
import { replayChain } from "../src/simulate/replay-chain.ts";
import { type SimulateOptions, simulate } from "../src/simulate/simulate.ts";
import { Checks, checkOwn, checkState } from "../src/simulate/verify.ts";
import { createWorld } from "../src/simulate/world.ts";
import { flakyRpc } from "./flaky-rpc.ts";

const KEY: Hex = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
/** Late morning in Pune, so that the live slots have sun. */
const NOW = Date.UTC(2026, 2, 21, 5, 3) / 1000;
const root = mkdtempSync(join(tmpdir(), "gridx-simulate-"));
const chains: Anvil[] = [];

beforeAll(() => compileContracts());
afterEach(async () => {
  for (const chain of chains.splice(0)) await chain.stop();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

let runs = 0;
async function freshChain(options: Parameters<typeof planSimulation>[0] = { days: 1, now: NOW }) {
  const plan = planSimulation(options);
  const anvil = await startAnvil({ timestamp: plan.genesisTimestamp });
  chains.push(anvil);
  const client = localClient(anvil.rpcUrl);
  runs += 1;
  const { slotDuration } = plan;
  const deployment = await deployLocal(client, privateKeyToAccount(KEY), { slotDuration, runId: `r${runs}` });
  return { plan, client, deployment, rpcUrl: anvil.rpcUrl };
}

async function play(chain: { deployment: Deployment; rpcUrl: string }, options: Partial<SimulateOptions> = {}) {
  const events: SimulationEvent[] = [];
  const summary = await simulate({
    deployment: chain.deployment,
    rpcUrl: chain.rpcUrl,
    operatorKey: KEY,
    stateDir: root,
    days: 1,
    now: NOW,
    blockTime: 1,
    speed: 900,
    slots: 2,
    signal: new AbortController().signal,
    ...options,
    emit: (event) => {
      events.push(event);
      options.emit?.(event);
    },
  });
  return { summary, events };
}

/** Head, readings and trades from raw logs, sharing no code with what is tested but the ABI. */
async function ownReplay({ client, deployment }: Awaited<ReturnType<typeof freshChain>>, toBlock: bigint) {
  const logs = await client.getLogs({ address: deployment.address, fromBlock: 0n, toBlock });
  const times = new Map<bigint, bigint>();
  let head = keccak256(
    encodeAbiParameters(
      [{ type: "uint256" }, { type: "address" }, { type: "address" }, { type: "uint32" }, { type: "uint16" }],
      [31337n, deployment.address, deployment.token, deployment.slotDuration, deployment.ringLength],
    ),
  );
  const readings = new Map<string, bigint>();
  const sums = { exportedWh: 0n, tradedWh: 0n, paid: 0n, fees: 0n, carbonGrams: 0n, trades: 0 };
  const lots = new Map<string, bigint>();
  const noFacts = ["ReadingRejected", "CarbonEarned", "RoleGranted", "RoleRevoked", "RoleAdminChanged"];
  for (const log of parseEventLogs({ abi: gridxAbi, logs })) {
    if (log.eventName === "EnergyAttested") {
      const { meter, seller, slot, exportWh } = log.args;
      expect(readings.has(`${meter}/${slot}`)).toBe(false);
      readings.set(`${meter}/${slot}`, exportWh);
      sums.exportedWh += exportWh;
      lots.set(`${seller}/${slot}`, (lots.get(`${seller}/${slot}`) ?? 0n) + exportWh);
    } else if (log.eventName === "EnergyTradeLogged") {
      const { seller, slot, energyWh, pricePerKwh, feePaid, carbonGrams } = log.args;
      const left = (lots.get(`${seller}/${slot}`) ?? 0n) - energyWh;
      expect(left >= 0n).toBe(true);
      lots.set(`${seller}/${slot}`, left);
      sums.tradedWh += energyWh;
      sums.paid += (energyWh * pricePerKwh + 999n) / 1000n;
      sums.fees += feePaid;
      sums.carbonGrams += carbonGrams;
      sums.trades += 1;
    }
    if (noFacts.includes(log.eventName) || log.eventName.startsWith("DefaultAdmin")) continue;
    const time = times.get(log.blockNumber) ?? (await client.getBlock({ blockNumber: log.blockNumber })).timestamp;
    times.set(log.blockNumber, time);
    const event = gridxAbi.find((item) => item.type === "event" && item.name === log.eventName);
    if (event?.type !== "event") throw new Error(log.eventName);
    const inputs = event.inputs.filter(({ name }) => name !== "tradeId" && name !== "claimId");
    const values = inputs.map(({ name }) => (log.args as Record<string, unknown>)[name]);
    const types = [{ type: "bytes32" }, { type: "bytes32" }, { type: "uint256" }, ...inputs];
    head = keccak256(encodeAbiParameters(types, [head, log.topics[0], time, ...values]));
  }
  return { head, readings, sums };
}

describe("simulate", () => {
  test("history and live slots agree with an independent replay, while a neighbour buys from the same shelf", async () => {
    const chain = await freshChain();
    const { client, deployment } = chain;
    const human = mnemonicToAccount("test test test test test test test test test test test junk", { addressIndex: 5 });
    const humanBuys: Promise<Hex>[] = [];
    let setup: Promise<unknown> | null = null;
    const emit = (event: SimulationEvent) => {
      if (event.event === "registered") {
        const to = { account: human, chain: client.chain } as const;
        const token = { address: deployment.token, abi: demoRupeeAbi, ...to } as const;
        setup = client
          .writeContract({ ...token, functionName: "mint", args: [human.address, 10n ** 12n], nonce: 0 })
          .then(() =>
            client.writeContract({
              ...token,
              functionName: "approve",
              args: [deployment.address, 10n ** 12n],
              nonce: 1,
              gas: 100_000n,
            }),
          );
      }
      if (event.event === "slot" && humanBuys.length === 0) {
        const sellers = new Set<`0x${string}`>();
        const buy = async () => {
          await setup;
          const logs = await client.getLogs({ address: deployment.address, fromBlock: 0n });
          for (const { args } of parseEventLogs({ abi: gridxAbi, logs, eventName: "EnergyAttested" }))
            sellers.add(args.seller);
          const purchases = [...sellers].map((seller) => ({
            seller,
            slot: event.slot,
            energyWh: 50n,
            pricePerKwh: 10n ** 9n,
          }));
          const request = { address: deployment.address, abi: gridxAbi, functionName: "buyEnergy" } as const;
          return client.writeContract({
            ...request,
            args: [purchases, 1n],
            account: human,
            chain: client.chain,
            gas: 3_000_000n,
          });
        };
        humanBuys.push(buy());
      }
    };
    const { summary, events } = await play(chain, { slots: 4, emit });
    expect(summary?.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(summary?.ok).toBe(true);
    expect(events.map(({ event }) => event).filter((event) => event !== "history" && event !== "slot")).toEqual([
      "registered",
      "live",
    ]);
    expect(events.filter(({ event }) => event === "slot")).toHaveLength(4);
    const own = await ownReplay(chain, BigInt(summary?.block ?? 0));
    expect(own.head).toBe(summary?.headOnChain);
    expect(own.head).toBe(summary?.headRecomputed);
    expect(summary).toMatchObject({
      ...own.sums,
      readingsAttested: 6 * 100,
      readingsRejected: 0,
      historySlots: 96,
      liveSlots: 4,
    });
    expect(own.readings.size).toBe(600);
    const bought = await client.readContract({
      abi: gridxAbi,
      address: deployment.address,
      functionName: "accountOf",
      args: [human.address],
    });
    expect((await client.waitForTransactionReceipt({ hash: await (humanBuys[0] ?? Promise.reject()) })).status).toBe(
      "success",
    );
    expect(bought.carbonEarnedGrams > 0n).toBe(true);
    // Blocks keep coming for whoever looks at the chain afterwards.
    expect((await latestBlock(createRpc(chain.rpcUrl))).timestamp).toBeGreaterThan(NOW + 4 * 900);
  });

  test("the same seed signs the same readings; readings lie in time before the purchases of their slot", async () => {
    const [one, two, other] = [await freshChain(), await freshChain(), await freshChain()];
    const readings = [];
    for (const [chain, seed] of [
      [one, 1],
      [two, 1],
      [other, 2],
    ] as const) {
      const neighbourhood = openNeighbourhood({ days: 1, now: NOW, seed });
      const { signal } = new AbortController();
      const rpc = createRpc(chain.rpcUrl);
      const { plan, deployment } = chain;
      const world = await createWorld({
        rpc,
        deployment,
        neighbourhood,
        plan: { ...plan, seed },
        operatorKey: KEY,
        emit: () => {},
        signal,
      });
      await registerAll(world);
      await playHistory(world);
      const block = await latestBlock(rpc);
      const replay = await replayChain(rpc, deployment, block.number);
      readings.push([...replay.readings].map(([key, wh]) => [key, wh.toString()]));
      expect(block.timestamp).toBeGreaterThanOrEqual(NOW);
      if (chain !== one) continue;
      // The checks notice whatever is changed on either side.
      const outcome = async (change: (tally: typeof world.tally, logs: typeof replay) => void) => {
        const checks = new Checks();
        const [tally, logs] = [structuredCloneTally(world.tally), structuredClone(replay)];
        change(tally, logs);
        await checkState(world, logs, block.number, checks);
        await checkOwn({ ...world, tally }, logs, block.number, checks);
        return checks.list.filter(({ ok }) => !ok).map(({ name }) => name);
      };
      expect(await outcome(() => {})).toEqual([]);
      expect(await outcome((tally) => tally.attested.set("0x/1", 1n))).toHaveLength(2);
      expect((await outcome((tally) => tally.trades.pop())).length).toBeGreaterThan(0);
      expect(
        await outcome((tally) => {
          if (tally.trades[0]) tally.trades[0].fee += 1n;
        }),
      ).toHaveLength(2);
      expect(
        (
          await outcome((_, logs) => {
            for (const lot of logs.lots.values()) lot.soldWh += 1n;
          })
        ).length,
      ).toBeGreaterThan(0);
      expect(
        await outcome((_, logs) => {
          logs.head = "0x";
        }),
      ).toHaveLength(1);
      expect(
        await outcome((_, logs) => {
          logs.fees += 1n;
        }),
      ).toHaveLength(1);
      expect(
        await outcome((_, logs) => {
          for (const account of logs.accounts.values()) account.carbonGrams += 1n;
        }),
      ).toHaveLength(1);
    }
    expect(readings[0]).toEqual(readings[1]);
    expect(readings[0]).not.toEqual(readings[2]);
  });

  test("replays data to their end, tells their faults, and says when an indexer disagrees", async () => {
    const folder = join(root, "data");
    const hours = 24 * 3;
    writeData(folder, hours);
    // Two weeks after the middle of the third day: twelve hours are left to play.
    const now = Date.UTC(2026, 2, 18, 12) / 1000;
    const options = { days: 2, now, dataDir: folder };
    const chain = await freshChain(options);
    expect(chain.plan.slotDuration).toBe(3600);
    const indexer = createServer((request, response) => {
      const data = request.url?.startsWith("/api/audit")
        ? {
            blockNumber: 10_000,
            facts: 1,
            headOnChain: zeroHead,
            headRecomputed: zeroHead,
            equal: true,
            firstMismatch: null,
          }
        : { items: [], nextCursor: null };
      response.end(JSON.stringify({ data, error: null, timestamp: new Date().toISOString() }));
    });
    await new Promise<void>((resolve) => indexer.listen(0, "127.0.0.1", resolve));
    const indexerUrl = `http://127.0.0.1:${(indexer.address() as AddressInfo).port}`;
    const { summary, events } = await play(chain, { ...options, speed: 3600 * 5, slots: 1000, indexerUrl });
    indexer.close();
    expect(events.find((event) => event.event === "note" && event.kind === "gap")).toMatchObject({
      house: "a",
      kind: "gap",
      hours: 2,
    });
    expect(events.filter(({ event }) => event === "ended")).toHaveLength(1);
    const refused = events.filter((event) => event.event === "warning" && event.message.includes("AboveCapacity"));
    expect(refused).toHaveLength(2);
    expect(summary?.readingsRejected).toBe(2);
    expect(summary?.readingsAttested).toBe(2 * (hours - 12) - 2 - 2);
    expect(summary?.trades).toBeGreaterThan(0);
    expect(summary?.indexer).toMatchObject({ headEqual: false });
    expect(summary?.ok).toBe(false);
    expect(summary?.checks.filter(({ ok }) => !ok).map(({ name }) => name)).toContain("the indexer answers");
  });

  test("live play comes through lost requests and answers with nothing lost and nothing bought twice", async () => {
    const chain = await freshChain();
    const proxy = await flakyRpc(chain.rpcUrl);
    const next = sequence(11);
    let slots = 0;
    const emit = ({ event }: SimulationEvent) => {
      if (event === "live")
        proxy.fault = () => (next() < 0.2 ? ((["drop", "lose", "fail"] as const)[slots % 3] ?? null) : null);
      if (event === "slot") slots += 1;
      if (slots >= 2) proxy.fault = () => null;
    };
    const { summary } = await play({ ...chain, rpcUrl: proxy.url }, { slots: 3, emit });
    await proxy.close();
    expect(proxy.faults).toBeGreaterThan(3);
    expect(summary?.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(summary).toMatchObject({ readingsAttested: 6 * (96 + 3), readingsRejected: 0, liveSlots: 3 });
  });

  test("the command ends cleanly when told to, at any time, and names what is wrong", async () => {
    const chain = await freshChain();
    const file = join(root, "deployment.json");
    writeFileSync(file, JSON.stringify(chain.deployment));
    const run = (args: string[], until?: string) =>
      new Promise<{ code: number | null; out: string; err: string; stopped: number }>((resolve) => {
        const common = ["--deployment", file, "--rpc-url", chain.rpcUrl, "--state-dir", root];
        const child = spawn(process.execPath, ["--import", "tsx", "src/cli.ts", "simulate", ...common, ...args], {
          cwd: join(import.meta.dirname, ".."),
          env: { ...process.env, OPERATOR_PRIVATE_KEY: KEY },
        });
        let [out, err, told] = ["", "", 0];
        child.stdout.on("data", (chunk: Buffer) => {
          out += chunk.toString();
          if (until === undefined || told > 0 || !out.includes(until)) return;
          told = Date.now();
          child.kill("SIGTERM");
        });
        child.stderr.on("data", (chunk: Buffer) => {
          err += chunk.toString();
        });
        child.once("exit", (code) => resolve({ code, out, err, stopped: Date.now() - told }));
      });
    const late = await run(["--now", String(NOW - 86_400 * 9)]);
    expect([late.code, late.out]).toEqual([1, ""]);
    expect(late.err).toContain("is past the start of the history");
    const fast = await run(["--now", String(NOW), "--days", "1", "--speed", "100000"]);
    expect(fast.err).toContain("go slower");
    const ended = await run(["--now", String(NOW), "--days", "1", "--block-time", "1"], '"event":"live"');
    expect(ended.code).toBe(0);
    expect(ended.err).toBe("");
    expect(ended.stopped).toBeLessThan(2000);
    for (const text of ended.out.trim().split("\n")) expect(JSON.parse(text)).toHaveProperty("event");
  });
});

const zeroHead = `0x${"00".repeat(32)}`;

/** Two houses: one with a gap and twice more than its panels can give, one that always lacks something. */
function writeData(folder: string, hours: number): void {
  const start = Date.UTC(2026, 2, 2);
  const text = (row: (hour: number) => string | null) => {
    const rows = Array.from({ length: hours }, (_, hour) => row(hour)).map((values, hour) =>
      values === null ? "" : `${new Date(start + hour * 3_600_000).toISOString()},${values}\n`,
    );
    return `timestamp,production_kwh,consumption_kwh\n${rows.join("")}`;
  };
  const light = (hour: number) => (hour % 24 < 12 ? 2 + (hour % 7) / 10 : 0);
  mkdir(folder);
  writeFileSync(
    join(folder, "houses.csv"),
    "house,pv_kw,latitude,longitude,timezone\na,4,18.5,73.9,Asia/Kolkata\nb,1,18.5,73.9,Asia/Kolkata\n",
  );
  const strange = (hour: number) => hour === 30 || hour === 60;
  writeFileSync(
    join(folder, "a.csv"),
    text((hour) => (hour === 20 || hour === 21 ? null : `${strange(hour) ? 9 : light(hour)},0.5${hour % 10}`)),
  );
  writeFileSync(
    join(folder, "b.csv"),
    text((hour) => `${light(hour) / 4},1.${hour % 97}`),
  );
}

function mkdir(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
}

type WorldTally = Awaited<ReturnType<typeof createWorld>>["tally"];

function structuredCloneTally(tally: WorldTally): WorldTally {
  const { attested, trades, minted, gas, rejected } = tally;
  return Object.assign(
    Object.create(Object.getPrototypeOf(tally)),
    structuredClone({ attested, trades, minted, gas, rejected }),
  );
}

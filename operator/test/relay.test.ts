import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Deployment, gridxAbi } from "@gridx/contracts";
import {
  type Anvil,
  compileContracts,
  deployLocal,
  type LocalClient,
  localClient,
  startAnvil,
} from "@gridx/contracts/node";
import { type Hex, parseEventLogs } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createRpc } from "../src/chain/rpc.ts";
import { sequence } from "../src/random.ts";
import { type FollowOptions, followMeters, type RelayEvent } from "../src/relay/follow.ts";
import { type FlakyRpc, flakyRpc } from "./support/flaky-rpc.ts";

const KEY: Hex = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const METER_KEYS: Record<string, Hex> = { east: `0x${"11".repeat(32)}`, west: `0x${"22".repeat(32)}` };
const SLOT = 900;
const GENESIS = 2_000_000 * SLOT;
const admin = privateKeyToAccount(KEY);
const meterOf = (house: string) => privateKeyToAccount(METER_KEYS[house] ?? "0x").address;

let anvil: Anvil;
let proxy: FlakyRpc;
let client: LocalClient;
let deployment: Deployment;
let folder: string;
let events: RelayEvent[];
let firstSlot: number;

beforeAll(() => compileContracts());
beforeEach(async () => {
  anvil = await startAnvil({ timestamp: GENESIS });
  client = localClient(anvil.rpcUrl);
  deployment = await deployLocal(client, admin, { slotDuration: SLOT, runId: "test" });
  for (const house of Object.keys(METER_KEYS)) {
    await write("registerHouse", [meterOf(house), "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", 4000]);
  }
  firstSlot = await client.readContract({ abi: gridxAbi, address: deployment.address, functionName: "currentSlot" });
  proxy = await flakyRpc(anvil.rpcUrl);
  folder = mkdtempSync(join(tmpdir(), "gridx-relay-"));
  writeFileSync(join(folder, "meters.json"), JSON.stringify(METER_KEYS));
  events = [];
  return async () => {
    await proxy.close();
    await anvil.stop();
    rmSync(folder, { recursive: true, force: true });
  };
});
afterAll(() => anvil?.stop());

async function write(functionName: "registerHouse" | "pause" | "unpause", args: readonly unknown[] = []) {
  const call = { abi: gridxAbi, address: deployment.address, functionName, args, account: admin };
  const hash = await client.writeContract(call as never);
  await client.waitForTransactionReceipt({ hash });
}

async function passSlots(count: number) {
  await client.increaseTime({ seconds: count * SLOT });
  await client.mine({ blocks: 1 });
}

const line = (slot: number, exportWh: number) =>
  `${new Date(slot * SLOT * 1000).toISOString()},${((exportWh + 100) / 1000).toFixed(3)},0.100\n`;
const HEADER = "timestamp,production_kwh,consumption_kwh\n";
const wh = (house: string, index: number) => (index * 37 + (house === "east" ? 0 : 13)) % 900;

/** Writes the readings of the first slots for both houses; returns what the chain should hold. */
function writeFiles(count: number): Map<string, number[]> {
  const expected = new Map<string, number[]>();
  for (const house of Object.keys(METER_KEYS)) {
    const values = Array.from({ length: count }, (_, index) => wh(house, index));
    writeFileSync(join(folder, `${house}.csv`), HEADER + values.map((value, i) => line(firstSlot + i, value)).join(""));
    expected.set(meterOf(house), values);
  }
  return expected;
}

const relay = (options: Partial<FollowOptions> = {}) =>
  followMeters({
    deployment,
    chain: { rpcUrls: [proxy.url], quorum: 1 },
    folder,
    meters: join(folder, "meters.json"),
    account: admin,
    stateDir: join(folder, "state"),
    once: true,
    backoff: 5,
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
    ...options,
  });

/** Attested Wh by meter in the order of the chain, which must be that of the slots, each once. */
async function attested(): Promise<Map<string, number[]>> {
  const logs = await client.getLogs({ address: deployment.address, fromBlock: 0n });
  const found = new Map<string, number[]>();
  for (const { args } of parseEventLogs({ abi: gridxAbi, logs, eventName: "EnergyAttested" })) {
    const values = found.get(args.meter) ?? [];
    expect(args.slot).toBe(firstSlot + values.length);
    found.set(args.meter, [...values, Number(args.exportWh)]);
  }
  return found;
}

describe("relay", () => {
  test("puts every reading on the chain once and in order, whatever is lost on the way and however often it restarts", async () => {
    const expected = writeFiles(60);
    await passSlots(61);
    const next = sequence(4);
    const kinds = ["drop", "lose", "fail", "refuse"] as const;
    proxy.fault = () => (next() < 0.3 ? (kinds[Math.floor(next() * 4)] ?? null) : null);
    let runs = 0;
    while (!(await relay()) && runs < 60) runs += 1;
    expect(runs).toBeGreaterThan(0);
    expect(proxy.faults).toBeGreaterThan(5);
    expect(await attested()).toEqual(expected);
    const text = JSON.stringify(events);
    for (const key of [...Object.values(METER_KEYS), KEY]) expect(text).not.toContain(key.slice(2));
  });

  test("lands a long backlog whole, however its file is sorted", async () => {
    const values = Array.from({ length: 90 }, (_, index) => wh("east", index));
    const lines = values.map((value, index) => line(firstSlot + index, value)).reverse();
    writeFileSync(join(folder, "east.csv"), HEADER + lines.join(""));
    writeFileSync(join(folder, "west.csv"), HEADER);
    await passSlots(91);
    expect(await relay()).toBe(true);
    expect(await attested()).toEqual(new Map([[meterOf("east"), values]]));
    // No batch shows readings that could close off others of the same meter.
    const logs = await client.getLogs({ address: deployment.address, fromBlock: 0n });
    const blocks = new Map<bigint, number[]>();
    for (const { args, blockNumber } of parseEventLogs({ abi: gridxAbi, logs, eventName: "EnergyAttested" })) {
      blocks.set(blockNumber, [...(blocks.get(blockNumber) ?? []), args.slot]);
    }
    for (const slots of blocks.values()) expect(Math.max(...slots) - Math.min(...slots)).toBeLessThan(32);
  });

  test("a transaction that was mined unseen before a crash counts as landed", async () => {
    const expected = writeFiles(5);
    await passSlots(6);
    proxy.fault = (methods) => (methods.includes("eth_getTransactionReceipt") ? "fail" : null);
    expect(await relay()).toBe(false);
    expect(await attested()).toEqual(expected);
    proxy.fault = () => null;
    expect(await relay()).toBe(true);
    expect(events.at(-1)).toEqual({ event: "submitted", attested: 0, again: 10, rejected: 0, queued: 0 });
    expect(await attested()).toEqual(expected);
  });

  test("waits while the contract is paused, three attempts a turn, and loses nothing", async () => {
    const expected = writeFiles(4);
    await passSlots(5);
    await write("pause");
    expect(await relay()).toBe(false);
    const attempts = events.filter((event) => event.event === "warning" && event.message.startsWith("attempt"));
    expect(attempts).toHaveLength(3);
    expect(JSON.stringify(attempts)).toContain("EnforcedPause");
    expect((await attested()).size).toBe(0);
    await write("unpause");
    expect(await relay()).toBe(true);
    expect(await attested()).toEqual(expected);
  });

  test("follows files as they grow; holds back what has not ended, half a line, and the delay asked for", async () => {
    writeFiles(2);
    await passSlots(3);
    const stop = new AbortController();
    const running = relay({ once: false, pollInterval: 20, signal: stop.signal, slotsDelay: 1 });
    const count = async (want: number) => {
      for (let tries = 0; tries < 200; tries += 1) {
        const values = (await attested()).get(meterOf("east")) ?? [];
        if (values.length >= want) return values.length;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      return (await attested()).get(meterOf("east"))?.length ?? 0;
    };
    expect(await count(2)).toBe(2);
    const [start, rest] = [line(firstSlot + 2, 5).slice(0, 12), line(firstSlot + 2, 5).slice(12)];
    appendFileSync(join(folder, "east.csv"), start);
    await new Promise((resolve) => setTimeout(resolve, 150));
    appendFileSync(join(folder, "east.csv"), rest + line(firstSlot + 3, 6));
    await new Promise((resolve) => setTimeout(resolve, 150));
    // Slot 2 has ended just now, and is held back for one more.
    expect(await count(2)).toBe(2);
    await passSlots(1);
    expect(await count(3)).toBe(3);
    await passSlots(5);
    expect(await count(4)).toBe(4);
    stop.abort();
    await running;
  });

  test("a dry run tells what each transaction would do, and sends and keeps nothing", async () => {
    writeFiles(3);
    appendFileSync(join(folder, "east.csv"), line(firstSlot + 3, 1001));
    await passSlots(5);
    const nonce = await client.getTransactionCount({ address: admin.address });
    expect(await relay({ dryRun: true })).toBe(true);
    const [planned] = events.filter(({ event }) => event === "planned");
    const said = { readings: 7, fromSlot: firstSlot, toSlot: firstSlot + 3, attested: 6, refusal: null };
    expect(planned).toMatchObject({ ...said, gas: expect.any(BigInt), costWei: expect.any(BigInt) });
    expect([(await attested()).size, existsSync(join(folder, "state"))]).toEqual([0, false]);
    await write("pause");
    expect(await relay({ dryRun: true })).toBe(false);
    expect(events.at(-1)).toMatchObject({
      readings: 7,
      attested: null,
      refusal: expect.stringContaining("EnforcedPause"),
    });
    await write("unpause");
    expect(await client.getTransactionCount({ address: admin.address })).toBe(nonce + 2);
  });

  test("names what it cannot use: bad lines, readings above capacity or off the slots, unknown meters", async () => {
    writeFiles(3);
    appendFileSync(join(folder, "east.csv"), `nonsense,1,1\n${line(firstSlot + 3, 1001)}${line(firstSlot + 4, 10)}`);
    await passSlots(6);
    // A first row hours before the second is a gap, not another interval.
    writeFileSync(
      join(folder, "west.csv"),
      `${HEADER}${line(firstSlot, 1)}${line(firstSlot + 4.2, 1)}${line(firstSlot + 5, 1)}`,
    );
    expect(await relay()).toBe(true);
    const text = JSON.stringify(events);
    expect(text).toContain("east.csv, line 5: timestamp: is no ISO 8601 time");
    expect(text).toContain("west.csv, line 3: timestamp: is not the start of a slot");
    expect(events.at(-1)).toEqual({ event: "submitted", attested: 6, again: 0, rejected: 1, queued: 0 });
    const rejected = readFileSync(join(folder, "state", "rejected.jsonl"), "utf8");
    expect(JSON.parse(rejected)).toMatchObject({ reason: "AboveCapacity", slot: firstSlot + 3, exportWh: "1001" });
    writeFileSync(join(folder, "meters.json"), JSON.stringify({ east: `0x${"33".repeat(32)}` }));
    expect(await relay({ stateDir: join(folder, "other") })).toBe(false);
    expect(JSON.stringify(events.at(-1))).toContain("is not registered; its readings wait");
    writeFileSync(join(folder, "meters.json"), JSON.stringify({ east: "0x1234secret" }));
    await expect(relay()).rejects.toThrow(/east is no private key/);
    writeFileSync(join(folder, "meters.json"), `{"east": ${METER_KEYS.east}`);
    await expect(relay()).rejects.toThrow(/^((?!1111).)*$/);
    expect(existsSync(join(folder, "state", "run-test", "readings.lock"))).toBe(false);
  });

  test("a reading that has waited too long for the chain is told in rejected.jsonl, each once", async () => {
    writeFileSync(join(folder, "west.csv"), HEADER);
    writeFileSync(join(folder, "east.csv"), HEADER + line(firstSlot + 40, 7));
    await passSlots(45);
    expect(await relay()).toBe(true);
    const late = [0, 8, 9].map((index) => line(firstSlot + index, 20 + index)).join("");
    appendFileSync(join(folder, "east.csv"), late);
    expect(await relay()).toBe(true);
    expect(events.filter(({ event }) => event === "queued").at(-1)).toMatchObject({ readings: 1, skipped: 2 });
    expect(events.at(-1)).toEqual({ event: "submitted", attested: 1, again: 0, rejected: 0, queued: 0 });
    expect(await relay()).toBe(true);
    const rejected = readFileSync(join(folder, "state", "rejected.jsonl"), "utf8")
      .trim()
      .split("\n");
    const meter = meterOf("east");
    expect(rejected.map((text) => JSON.parse(text))).toEqual([
      { reason: "SlotTooOld", meter, slot: firstSlot, exportWh: "20" },
      { reason: "SlotTooOld", meter, slot: firstSlot + 8, exportWh: "28" },
    ]);
  });

  test("keeps readings until their transaction is deep enough, and sends them again if the chain drops it", async () => {
    const expected = writeFiles(3);
    await passSlots(4);
    const rpc = createRpc(anvil.rpcUrl);
    const snapshot = await rpc.call("evm_snapshot");
    const stop = new AbortController();
    const running = relay({ once: true, confirmations: 4, pollInterval: 20, signal: stop.signal });
    const until = async (condition: () => Promise<boolean> | boolean) => {
      for (let tries = 0; tries < 200 && !(await condition()); tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      expect(await condition()).toBe(true);
    };
    const submitted = () => events.filter(({ event }) => event === "submitted");
    const landed = async () => (await attested()).size === 2;
    await until(landed);
    await client.mine({ blocks: 2 });
    await new Promise((resolve) => setTimeout(resolve, 150));
    // Three confirmations are not four.
    expect(submitted()).toEqual([]);
    await rpc.call("evm_revert", snapshot);
    expect((await attested()).size).toBe(0);
    await until(landed);
    expect(JSON.stringify(events)).toContain("is off the chain; its readings are sent again");
    expect(await attested()).toEqual(expected);
    expect(submitted()).toEqual([]);
    await client.mine({ blocks: 3 });
    expect(await running).toBe(true);
    expect(submitted()).toEqual([{ event: "submitted", attested: 6, again: 0, rejected: 0, queued: 0 }]);
    expect(await attested()).toEqual(expected);
  });
});

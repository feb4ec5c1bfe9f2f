import { spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gridxAbi } from "@gridx/contracts";
import { compileContracts } from "@gridx/contracts/node";
import { type AbiEvent, type Hex, toEventSelector } from "viem";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { play } from "../../contracts/ts/test/support/history.ts";
import { startWorld, type World } from "../../contracts/ts/test/support/world.ts";
import { type AuditOptions, audit } from "../src/audit/audit.ts";
import { createRpc } from "../src/chain/rpc.ts";
import { type AlteringRpc, alteringRpc, type ListedLog } from "./support/altering-rpc.ts";

const topicOf = (name: string): Hex => {
  const event = gridxAbi.find((item) => item.type === "event" && item.name === name);
  if (!event) throw new Error(name);
  return toEventSelector(event as AbiEvent);
};

const folder = mkdtempSync(join(tmpdir(), "gridx-audit-"));
let world: World;
let rpc: AlteringRpc;
let all: ListedLog[];
beforeAll(async () => {
  compileContracts();
  world = await startWorld({ slotDuration: 900, ringLength: 8, minPrice: 0n, maxPrice: 2n ** 96n - 1n });
  await play(world, 4, 400);
  const { address } = world.deployment;
  const range = { address, fromBlock: "0x0", toBlock: "latest" };
  all = z.custom<ListedLog[]>().parse(await createRpc(world.anvil.rpcUrl).call("eth_getLogs", range));
});
afterEach(() => rpc?.close());
afterAll(async () => {
  await world?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function check(options: Partial<AuditOptions> = {}, prepare: (rpc: AlteringRpc) => void = () => {}) {
  await rpc?.close();
  rpc = await alteringRpc(world.anvil.rpcUrl);
  prepare(rpc);
  return audit({ rpcUrl: rpc.url, address: world.deployment.address, pause: 1, ...options });
}

const isSame = (one: ListedLog, other: ListedLog) =>
  one.blockNumber === other.blockNumber && one.logIndex === other.logIndex;
/** Somewhere in the middle, so that there is history before and after it. */
const middle = (name: string): ListedLog => {
  const logs = all.filter(({ topics }) => topics[0] === topicOf(name));
  const log = logs[Math.floor(logs.length / 2)];
  if (!log) throw new Error(`no ${name}`);
  return log;
};
const placed = (log: ListedLog) => `block ${Number(log.blockNumber)}`;

test("a random history agrees, from the address alone", async () => {
  const result = await check();
  expect(result.findings.list).toEqual([]);
  expect(result).toMatchObject({ ok: true, startBlock: world.deployment.startBlock, logs: all.length });
  expect(result.head).toBe(
    await world.client.readContract({ abi: gridxAbi, address: world.deployment.address, functionName: "head" }),
  );
  expect(result.state.compared).toBeGreaterThan(30);
  expect(result.state.surplus).toBe(0n);
  expect(result.clearings.slots).toBeGreaterThan(3);
});

test("an earlier block, chosen by its number", async () => {
  const latest = Number(await world.client.getBlockNumber());
  for (const toBlock of [world.deployment.startBlock, Math.floor(latest / 2), latest - 1])
    expect(await check({ toBlock })).toMatchObject({ ok: true, target: { block: toBlock } });
  await expect(check({ toBlock: latest + 5 })).rejects.toThrow("not there yet");
});

describe("what an RPC hides or makes up is found and named", () => {
  const facts = ["EnergyTradeLogged", "EnergyAttested", "AskSet", "Deposited", "SlotCleared", "CarbonSpent", "BidSet"];
  test.each(facts)("%s altered, dropped, added", async (name) => {
    const log = middle(name);
    const bent = `${log.data.slice(0, 65)}${log.data[65] === "1" ? "2" : "1"}${log.data.slice(66)}` as Hex;
    const alter = await check({}, (proxy) => {
      proxy.alter = (logs) => logs.map((one) => (isSame(one, log) ? { ...one, data: bent } : one));
    });
    const index = Number(log.logIndex);
    expect(alter.ok).toBe(false);
    expect(alter.first).toContain(`${placed(log)}: log ${index} is not as in its receipt`);
    const drop = await check({}, (proxy) => {
      proxy.alter = (logs) => logs.filter((one) => !isSame(one, log));
    });
    expect(drop.first).toContain(`${placed(log)}: log ${index} is in its receipt and not in the list of logs`);
    const add = await check({}, (proxy) => {
      const extra: ListedLog = { ...log, logIndex: "0x3e7" };
      proxy.alter = (logs) => logs.flatMap((one) => (isSame(one, log) ? [one, extra] : [one]));
    });
    expect(add.first).toContain(`${placed(log)}: log `);
    expect(add.first).toMatch(/in no receipt|not in the list|not as in/);
  });

  test("two logs swapped, in content or in place", async () => {
    const at = all.findIndex(
      (log, index) =>
        all[index + 1]?.blockNumber === log.blockNumber && all[index + 1]?.data !== log.data && index > 60,
    );
    const [one, two] = [all[at], all[at + 1]];
    if (!one || !two) throw new Error("no two logs in one block");
    const swap = (log: ListedLog, { topics, data }: ListedLog) => ({ ...log, topics, data });
    const content = await check({}, (proxy) => {
      proxy.alter = (logs) =>
        logs.map((log) => (isSame(log, one) ? swap(one, two) : isSame(log, two) ? swap(two, one) : log));
    });
    expect(content.first).toContain(placed(one));
    const place = await check({}, (proxy) => {
      proxy.alter = (logs) => logs.map((log) => (isSame(log, one) ? two : isSame(log, two) ? one : log));
    });
    expect(place.ok).toBe(false);
    expect(place.findings.list.some(({ text }) => text.includes(placed(one)))).toBe(true);
  });

  test("an RPC that has forgotten old states: the trade whose id no longer follows is named", async () => {
    const log = middle("Deposited");
    const result = await check({ startBlock: world.deployment.startBlock }, (proxy) => {
      proxy.forgetful = true;
      proxy.alter = (logs) => logs.filter((one) => !isSame(one, log));
    });
    expect(result.ok).toBe(false);
    expect(result.first).toContain("the ledger head is");
    const named = result.findings.list.find(({ text }) => text.includes("its id is"));
    const next = all.find(
      (one) =>
        [topicOf("EnergyTradeLogged"), topicOf("CarbonSpent")].includes(one.topics[0] ?? "0x") &&
        (Number(one.blockNumber) > Number(log.blockNumber) ||
          (one.blockNumber === log.blockNumber && Number(one.logIndex) > Number(log.logIndex))),
    );
    expect(named?.text).toContain(`block ${Number(next?.blockNumber)} log ${Number(next?.logIndex)}`);
  });

  test("carbon that a trade did not earn, though no head commits to CarbonEarned", async () => {
    const log = middle("CarbonEarned");
    const result = await check({}, (proxy) => {
      proxy.alter = (logs) => logs.filter((one) => !isSame(one, log));
    });
    expect(result.head).toBe(result.headOnChain);
    expect(result.first).toContain(`${placed(log)} log ${Number(log.logIndex) - 1} EnergyTradeLogged`);
  });
});

test("ranges of 7 blocks, batches of 3, every fifth request refused, no times in logs: the same result", async () => {
  const result = await check({}, (proxy) => {
    Object.assign(proxy, { widest: 7, largestBatch: 3, refuseEach: 5 });
    proxy.alter = (logs) => logs.map(({ blockTimestamp: _, ...log }) => log);
  });
  expect(result).toMatchObject({ ok: true, logs: all.length });
  expect(result.repeated).toBeGreaterThan(10);
});

test("an RPC that never answers: it could not be checked", async () => {
  await expect(check({}, (proxy) => Object.assign(proxy, { refuseEach: 1 }))).rejects.toThrow(
    "did not answer 10 times",
  );
});

test("a dump: cut off, gone on with, it is what a full run is; another chain's is refused", async () => {
  const [dump, full] = [join(folder, "logs"), join(folder, "full")];
  const whole = await check({ dump: full });
  const latest = Number(await world.client.getBlockNumber());
  await check({ dump, toBlock: Math.floor(latest / 3) });
  await expect(check({ dump })).rejects.toThrow("give it as --from too");
  // What a crash leaves behind the last page.
  appendFileSync(dump, '[12,34,"0x');
  const asked: string[] = [];
  const resumed = await check({ from: dump, dump }, (proxy) => {
    proxy.alter = (logs) => {
      asked.push(...logs.map(({ blockNumber }) => blockNumber));
      return logs;
    };
  });
  expect(asked.every((block) => Number(block) > Math.floor(latest / 3))).toBe(true);
  const { repeated: _, findings: __, ...rest } = resumed;
  expect(whole).toMatchObject(rest);
  expect(readFileSync(dump, "utf8")).toBe(readFileSync(full, "utf8"));
  const again = await check({ from: full }, (proxy) => {
    proxy.widest = 0;
  });
  expect(again.head).toBe(whole.head);

  const forged = (change: (header: Record<string, unknown>) => object) => {
    const text = readFileSync(full, "utf8");
    const file = join(folder, "forged");
    writeFileSync(file, JSON.stringify(change(JSON.parse(text.slice(0, 512)))).padEnd(511) + text.slice(511));
    return file;
  };
  const from = (change: (header: Record<string, unknown>) => object) => check({ from: forged(change) });
  await expect(from((header) => ({ ...header, chainId: 137 }))).rejects.toThrow("on chain 137");
  await expect(from((header) => ({ ...header, hash: `0x${"ab".repeat(32)}` }))).rejects.toThrow(
    "no longer on the chain",
  );
  await expect(from((header) => ({ ...header, format: "x" }))).rejects.toThrow("no dump of logs");
});

test("the command: its verdict and exit codes", async () => {
  const run = (...args: string[]) =>
    new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
      const cwd = join(import.meta.dirname, "..");
      const child = spawn(process.execPath, ["--import", "tsx", "src/cli.ts", "audit", ...args], { cwd });
      let [out, err] = ["", ""];
      child.stdout.on("data", (chunk: Buffer) => {
        out += chunk.toString();
      });
      child.stderr.on("data", (chunk: Buffer) => {
        err += chunk.toString();
      });
      child.once("exit", (code) => resolve({ code, out, err }));
    });
  rpc = await alteringRpc(world.anvil.rpcUrl);
  const deployment = join(folder, "deployment.json");
  writeFileSync(deployment, JSON.stringify(world.deployment));
  const agrees = await run("--rpc", rpc.url, "--deployment", deployment);
  expect(agrees).toMatchObject({ code: 0, out: expect.stringMatching(/\nAGREES\n$/) });
  const log = middle("EnergyTradeLogged");
  rpc.alter = (logs) => logs.filter((one) => !isSame(one, log));
  const differs = await run("--rpc", rpc.url, "--address", world.deployment.address);
  expect(differs).toMatchObject({ code: 1, out: expect.stringContaining(`DISAGREES: ${placed(log)}: log`) });
  const nothing = await run("--rpc", rpc.url, "--address", `0x${"12".repeat(20)}`);
  expect(nothing).toMatchObject({ code: 2, err: expect.stringContaining("there is no GridX contract") });
  expect(await run("--rpc", "nonsense")).toMatchObject({ code: 2, err: expect.stringContaining("expected a URL") });
});

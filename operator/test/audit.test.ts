import { gridxAbi } from "@gridx/contracts";
import type { Hex } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verdictLines } from "../src/audit/verdict.ts";
import type { ListedLog } from "./support/altering-rpc.ts";
import { type AuditedWorld, auditedWorld, isSame, placed, topicOf } from "./support/audited-world.ts";

let world: AuditedWorld["world"];
let all: ListedLog[];
let middle: AuditedWorld["middle"];
let check: AuditedWorld["check"];
beforeAll(async () => {
  ({ world, all, middle, check } = await auditedWorld(4, 400));
});
afterAll(() => world?.stop());

test("a random history agrees, from the address alone", async () => {
  const result = await check();
  expect(result.findings.list).toEqual([]);
  expect(result).toMatchObject({ ok: true, startBlock: world.deployment.startBlock, logs: all.length });
  expect(result.head).toBe(
    await world.client.readContract({ abi: gridxAbi, address: world.deployment.address, functionName: "head" }),
  );
  expect(result.state?.compared).toBeGreaterThan(30);
  expect(result.state?.surplus).toBe(0n);
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

test("many problems of one kind do not hide those of another", async () => {
  const log = middle("Deposited");
  const bent = `${log.data.slice(0, -1)}${log.data.endsWith("1") ? "2" : "1"}` as Hex;
  const result = await check({}, (proxy) => {
    proxy.alter = (logs) =>
      logs
        .filter(({ topics }) => ![topicOf("CarbonEarned"), topicOf("HouseRegistered")].includes(topics[0] ?? "0x"))
        .map((one) => (isSame(one, log) ? { ...one, data: bent } : one));
  });
  expect(result.findings.countOf("history")).toBeGreaterThan(20);
  expect(result.findings.ofKind("head")).toHaveLength(1);
  const lines = [...verdictLines(result)].join("\n");
  expect(lines).toMatch(/head +NOT the contract's[\s\S]*state .* NOT as the events[\s\S]*DISAGREES: block/);
});

test("an RPC that has no code where it has forgotten the states: not a later start, but a question for it", async () => {
  await expect(check({}, (proxy) => Object.assign(proxy, { codeless: true }))).rejects.toThrow("give --start-block");
});

test("an RPC that never answers: it could not be checked", async () => {
  await expect(check({}, (proxy) => Object.assign(proxy, { refuseEach: 1 }))).rejects.toThrow(
    "did not answer 10 times",
  );
});

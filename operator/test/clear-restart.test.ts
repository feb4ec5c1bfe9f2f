import { setTimeout } from "node:timers/promises";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { describe, expect, test } from "vitest";
import { createRpc, type Rpc } from "../src/chain/rpc.ts";
import { clearedSoFar } from "../src/clear/cleared.ts";
import { chain, clear, events, forget, proxy, told } from "./support/clearing.ts";
import { SLOT, someone } from "./support/market-chain.ts";

const until = async (met: () => boolean | Promise<boolean>) => {
  for (let wait = 0; wait < 100 && !(await met()); wait += 1) await setTimeout(50);
};

/** A seller and a buyer who meet in two slots; the time is after both. */
async function twoSlots(): Promise<number> {
  await chain.sells("anna", 3_000_000n);
  await chain.bids("carl", 8_000_000n, 500n);
  const slot = await chain.slot();
  await chain.goTo(slot + 2);
  await chain.attest(slot, { anna: 900n });
  await chain.attest(slot + 1, { anna: 700n });
  return slot;
}
const last = () => chain.read("lastClearing");

describe("clear, started again", () => {
  test("waits for the depth of what an earlier run sent, and tells it, before the next slot's turn", async () => {
    const slot = await twoSlots();
    const stop = new AbortController();
    const first = clear({ confirmations: 4, signal: stop.signal });
    await until(async () => (await chain.trades()).length > 0);
    stop.abort();
    // Something was left to do: that is no success.
    expect(await first).toBe(false);
    expect(told("cleared")).toEqual([]);
    const second = clear({ confirmations: 4 });
    await setTimeout(300);
    expect([told("cleared"), await last()]).toMatchObject([[], { slot }]);
    await chain.client.mine({ blocks: 4 });
    await until(() => told("cleared").length > 0);
    expect(told("cleared")).toMatchObject([{ slot, energyWh: 500n, plannedWh: 500n, trades: 1 }]);
    await until(async () => (await chain.trades()).length > 1);
    await chain.client.mine({ blocks: 4 });
    expect(await second).toBe(true);
    expect(told("cleared").map((event) => "slot" in event && event.slot)).toEqual([slot, slot + 1]);
  });

  test("reckons no share from receipts that are not there", async () => {
    const slot = await twoSlots();
    await clear();
    const node = createRpc(proxy.url);
    const block = Number(await chain.client.getBlockNumber());
    const lagging: Rpc = {
      ...node,
      batch: async (calls) =>
        (await node.batch(calls)).map((result, index) => (calls[index]?.method.endsWith("Receipt") ? null : result)),
    };
    await expect(clearedSoFar(lagging, chain.deployment, slot + 1, block)).rejects.toThrow(/receipt of 0x.* not there/);
    expect((await clearedSoFar(node, chain.deployment, slot + 1, block)).energyWh).toBe(500n);
  });

  test("after an outage gives the relay the grace time before it clears slots without their readings", async () => {
    await chain.sells("anna", 3_000_000n);
    await chain.bids("carl", 8_000_000n, 500n);
    const slot = await chain.slot();
    await chain.goTo(slot + 3);
    const stop = new AbortController();
    const running = clear({ once: false, grace: 300, signal: stop.signal });
    await setTimeout(300);
    expect(events).toEqual([]);
    for (const later of [0, 1, 2]) await chain.attest(slot + later, { anna: 900n });
    await until(() => told("cleared").length === 3);
    expect([told("cleared").length, told("late"), (await chain.trades()).length]).toEqual([3, [], 3]);
    await chain.goTo(slot + 4);
    await chain.client.increaseTime({ seconds: 301 });
    await chain.client.mine({ blocks: 1 });
    await until(() => told("nothing").length > 0);
    expect(told("late")).toMatchObject([{ slot: slot + 3 }]);
    stop.abort();
    expect(await running).toBe(true);
  });

  test("halves the trades of a transaction that takes too much gas, and says what can't be helped", async () => {
    for (let index = 0; index < 4; index += 1) await chain.sells(`seller ${index}`, 3_000_000n);
    await chain.bids("carl", 8_000_000n, 4_000n);
    const slot = await chain.slot();
    await chain.goTo(slot + 1);
    await chain.attest(slot, Object.fromEntries([0, 1, 2, 3].map((index) => [`seller ${index}`, 100n])));
    proxy.refusal = "gas required exceeds allowance (30000000)";
    proxy.fault = (methods) => (methods.includes("eth_estimateGas") && proxy.faults < 1 ? "refuse" : null);
    expect(await clear()).toBe(true);
    expect(told("cleared")).toMatchObject([{ energyWh: 400n, trades: 4 }]);
    expect(told("cleared")[0]).toHaveProperty("transactions.length", 2);
    await chain.goTo(slot + 2);
    await chain.attest(slot + 1, Object.fromEntries([0, 1, 2, 3].map((index) => [`seller ${index}`, 100n])));
    await chain.write("pause");
    expect(await clear()).toBe(false);
    expect(told("warning").at(-1)).toHaveProperty("message", expect.stringContaining("once it is unpaused"));
    await chain.write("unpause");
    expect(await clear()).toBe(true);
    expect(told("cleared").at(-1)).toMatchObject({ slot: slot + 1, energyWh: 400n });
  });

  test("counts only asks and bids that could trade, and tells energy that no call could settle", async () => {
    await chain.sells("anna", 9_000_000n);
    await chain.sells("bela", 9_000_000n);
    await chain.bids("carl", 8_000_000n, 500n);
    await chain.bids("dora", 8_000_000n, 500n, 0n);
    const slot = await chain.slot();
    await chain.goTo(slot + 1);
    await chain.attest(slot, { anna: 900n, bela: 0n });
    await clear();
    expect(told("nothing").at(-1)).toEqual({ event: "nothing", slot, asks: 1, bids: 1 });
    await chain.bids("emil", 9_500_000n, 500n);
    await chain.goTo(slot + 2);
    await chain.attest(slot + 1, { anna: 900n, bela: 0n });
    proxy.refusal = "execution reverted";
    proxy.fault = (methods) => (methods.includes("eth_estimateGas") ? "refuse" : null);
    forget();
    expect(await clear()).toBe(true);
    expect(told("cleared")).toMatchObject([{ slot: slot + 1, energyWh: 0n, plannedWh: 500n, leftWh: 500n }]);
  });
});

describe("clear, before it starts", () => {
  test("names what is wrong and what to do about it", async () => {
    const stranger = privateKeyToAccount(generatePrivateKey());
    const { address } = stranger;
    await expect(clear({ account: stranger })).rejects.toThrow(`grant it MARKET_OPERATOR_ROLE`);
    await chain.write("grantRole", [await chain.read("MARKET_OPERATOR_ROLE"), address]);
    await expect(clear({ account: stranger })).rejects.toThrow("fund it");
    const { deployment } = chain;
    await expect(clear({ deployment: { ...deployment, chainId: 80_002 } })).rejects.toThrow("RPC of 80002");
    const nowhere = { ...deployment, address: someone("nobody").address };
    await expect(clear({ deployment: nowhere })).rejects.toThrow("no contract at");
    await expect(clear({ grace: 8 * SLOT })).rejects.toThrow(`--grace: 0 to ${8 * SLOT - 1}`);
    await expect(clear({ account: undefined })).rejects.toThrow("only a dry run");
    await twoSlots();
    forget();
    expect(await clear({ account: undefined, dryRun: true, grace: 0 })).toBe(true);
    expect(told("planned").length).toBeGreaterThan(0);
  });
});

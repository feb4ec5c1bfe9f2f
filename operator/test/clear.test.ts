import { gridxAbi } from "@gridx/contracts";
import { type Address, encodeFunctionData, parseEventLogs } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { describe, expect, test } from "vitest";
import { sequence } from "../src/random.ts";
import { anotherChain, chain, clear, events, forget, proxy, told } from "./support/clearing.ts";
import { KEY, someone } from "./support/market-chain.ts";

const sums = (trades: { buyer: string; energyWh: bigint }[]) => {
  const bought: Record<string, bigint> = {};
  for (const { buyer, energyWh } of trades) bought[buyer] = (bought[buyer] ?? 0n) + energyWh;
  return bought;
};

/** Two sellers, three buyers, one slot: 900 Wh at 3 and 600 Wh at 5, bids of 500, 700 and 800 Wh. */
async function small(): Promise<number> {
  await chain.sells("anna", 3_000_000n);
  await chain.sells("bela", 5_000_000n);
  await chain.bids("carl", 8_000_000n, 500n);
  await chain.bids("dora", 7_000_000n, 700n);
  await chain.bids("emil", 6_000_000n, 800n);
  const slot = await chain.slot();
  await chain.goTo(slot + 1);
  return slot;
}
const bothAttest = (slot: number) => chain.attest(slot, { anna: 900n, bela: 600n });

/** Fails the first of a kind of request, once the test's own work is done in its place. */
function before(method: string, work: () => Promise<unknown>): void {
  let done = false;
  proxy.before = async (methods) => {
    if (done || !methods.includes(method)) return;
    done = true;
    await work();
  };
}

describe("clear", () => {
  test("settles what the best clearing is, at one price, and never again at another", async () => {
    const slot = await small();
    await bothAttest(slot);
    expect(await clear()).toBe(true);
    const trades = await chain.trades();
    // 1,500 Wh; Emil is served in part, so the price is what he pays less the fee of 1 %.
    expect(new Set(trades.map(({ pricePerKwh }) => pricePerKwh))).toEqual(new Set([5_940_594n]));
    expect(sums(trades)).toEqual({
      [someone("carl").address]: 500n,
      [someone("dora").address]: 700n,
      [someone("emil").address]: 300n,
    });
    expect(told("cleared")).toMatchObject([{ slot, energyWh: 1500n, plannedWh: 1500n, leftWh: 0n, skipped: [] }]);
    expect(await chain.read("lastClearing")).toMatchObject({ slot, pricePerKwh: 5_940_594n });
    // A new run can't know whether the one before told it: it tells it again, and does nothing.
    const before = events.filter(({ event }) => event === "cleared");
    forget();
    expect(await clear()).toBe(true);
    expect([[...events], (await chain.trades()).length]).toEqual([before, trades.length]);
  });

  test("settles all of a plan where everybody sells and bids and some have little money: the contract passes over nobody", async () => {
    const next = sequence(21);
    const below = (limit: number) => BigInt(Math.floor(next() * limit));
    const names = Array.from({ length: 9 }, (_, index) => `neighbour ${index}`);
    for (const name of names) await chain.sells(name, 1_000_001n + below(5) * 999_999n);
    const slot = (await chain.slot()) + 1;
    await chain.goTo(slot);
    for (const name of names)
      await chain.bids(name, 3_000_007n + below(4) * 1_000_003n, 40n + below(400), 60_000n + below(900_000));
    await chain.goTo(slot + 1);
    await chain.attest(slot, Object.fromEntries(names.map((name) => [name, 1n + below(500)])));
    expect(await clear({ mostPairs: 4, dryRun: true, grace: 0 })).toBe(true);
    const plan = told("planned").find((event) => event.energyWh > 0n);
    expect(plan?.asks.some(({ participant }) => plan.bids.some((bid) => bid.participant === participant))).toBe(true);
    expect(await clear({ mostPairs: 4, grace: 0 })).toBe(true);
    expect(told("cleared")).toMatchObject([
      { energyWh: plan?.energyWh, plannedWh: plan?.energyWh, skipped: [], leftWh: 0n },
    ]);
    expect(told("cleared")[0]?.transactions).toHaveLength(plan?.calls ?? 0);
    const trades = await chain.trades();
    expect(trades.filter(({ seller, buyer }) => seller === buyer)).toEqual([]);
    expect(sums(trades)).toEqual(Object.fromEntries(plan?.bids.map((fill) => [fill.participant, fill.energyWh]) ?? []));
  });

  test("two calls for a slot in one transaction are told as one", async () => {
    const slot = await small();
    await bothAttest(slot);
    const [anna, carl] = [someone("anna").address, someone("carl").address];
    const fill = (participant: Address, energyWh: bigint) => [{ participant, energyWh }];
    const calls = [200n, 100n].map((energyWh) => {
      const args = [slot, 5_500_000n, fill(anna, energyWh), fill(carl, energyWh), 1n] as const;
      return encodeFunctionData({ abi: gridxAbi, functionName: "clearSlot", args });
    });
    await chain.write("multicall", [calls]);
    expect(await clear({ grace: 0 })).toBe(true);
    expect(told("cleared")).toMatchObject([{ slot, pricePerKwh: 5_500_000n, leftWh: 0n }]);
    const trades = (await chain.trades()).filter((trade) => trade.slot === slot);
    expect(trades.length).toBeGreaterThan(2);
    expect(told("cleared")[0]?.energyWh).toBe(trades.reduce((sum, { energyWh }) => sum + energyWh, 0n));
  });

  test("a dry run tells the plan and sends nothing; slots without a trade send nothing either", async () => {
    const slot = await small();
    await bothAttest(slot);
    await chain.goTo(slot + 2);
    await chain.attest(slot + 1, { anna: 0n, bela: 0n });
    expect(await clear({ dryRun: true })).toBe(true);
    expect(told("planned").filter(({ energyWh }) => energyWh > 0n)).toMatchObject([
      { slot, pricePerKwh: 5_940_594n, energyWh: 1500n, calls: 1 },
    ]);
    expect(await chain.trades()).toEqual([]);
    await clear();
    expect(told("nothing").map((event) => event.slot)).toContain(slot + 1);
    expect(await chain.read("lastClearing")).toMatchObject({ slot });
  });

  test("a purchase of one Wh just before does not stop it; one who withdraws is named and replaced", async () => {
    await anotherChain({ shelfDelaySlots: 0 });
    const slot = await small();
    await chain.bids("faye", 9_000_000n, 0n, 10n ** 9n);
    await bothAttest(slot);
    const anna = someone("anna").address;
    before("eth_estimateGas", async () => {
      await chain.write(
        "buyEnergy",
        [[{ seller: anna, slot, energyWh: 1n, pricePerKwh: 9_000_000n }], 1n],
        someone("faye"),
      );
      const dora = someone("dora");
      await chain.write("withdraw", [dora.address, 10n ** 9n], dora);
    });
    expect(await clear()).toBe(true);
    const trades = (await chain.trades()).slice(1);
    expect(sums(trades)).toEqual({ [someone("carl").address]: 500n, [someone("emil").address]: 800n });
    expect(new Set(trades.map(({ pricePerKwh }) => pricePerKwh))).toEqual(new Set([5_940_594n]));
    expect(told("cleared")[0]?.skipped).toContainEqual({ participant: someone("dora").address, reason: "CannotPay" });
    expect(told("cleared")).toMatchObject([{ slot, energyWh: 1300n, plannedWh: 1500n }]);
  });

  test("several calls, interrupted between two, end as one would have: same price, same shares", async () => {
    for (let index = 0; index < 6; index += 1) await chain.sells(`seller ${index}`, BigInt(1_000_000 * (index + 1)));
    // All at the margin: 1,200 Wh for 6 × 300 Wh wanted.
    for (let index = 0; index < 6; index += 1) await chain.bids(`buyer ${index}`, 9_000_000n, 300n);
    const slot = await chain.slot();
    await chain.goTo(slot + 1);
    await chain.attest(
      slot,
      Object.fromEntries([0, 1, 2, 3, 4, 5].map((index) => [`seller ${index}`, 150n + BigInt(index * 20)])),
    );
    let sent = 0;
    const stop = new AbortController();
    proxy.fault = (methods) => {
      if (!methods.includes("eth_sendRawTransaction")) return null;
      sent += 1;
      if (sent === 2) stop.abort(new Error("stopped"));
      return sent >= 2 ? "drop" : null;
    };
    await clear({ mostPairs: 3, signal: stop.signal });
    const first = await chain.trades();
    expect(first).toHaveLength(3);
    proxy.fault = () => null;
    expect(await clear({ mostPairs: 3 })).toBe(true);
    const trades = await chain.trades();
    expect(new Set(trades.map(({ pricePerKwh }) => pricePerKwh)).size).toBe(1);
    expect(Object.values(sums(trades))).toEqual([200n, 200n, 200n, 200n, 200n, 200n]);
    const logs = await chain.client.getLogs({ address: chain.deployment.address, fromBlock: 0n });
    expect(parseEventLogs({ abi: gridxAbi, logs, eventName: "SlotCleared" }).length).toBe(
      1 + Math.ceil((trades.length - 3) / 3),
    );
  });

  test("waits for readings until the grace time is over, and takes slots in order", async () => {
    const slot = await small();
    await chain.attest(slot, { anna: 900n });
    const stop = new AbortController();
    const running = clear({ once: false, signal: stop.signal, grace: 600 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([events, await chain.trades()]).toEqual([[], []]);
    await chain.client.increaseTime({ seconds: 620 });
    await chain.client.mine({ blocks: 1 });
    for (let wait = 0; wait < 100 && told("cleared").length === 0; wait += 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
    stop.abort();
    await running;
    expect(told("late")).toEqual([{ event: "late", slot, missing: [someone("bela meter").address] }]);
    expect(told("cleared")).toMatchObject([{ slot, energyWh: 900n }]);
    // What comes late is cleared at the price that the slot has, as long as no later slot was.
    await chain.attest(slot, { bela: 600n });
    await clear();
    const trades = await chain.trades();
    expect(new Set(trades.map(({ pricePerKwh }) => pricePerKwh)).size).toBe(1);
    // The price of 900 Wh is above Emil's limit: Carl and Dora are served in full, and 300 of the 1,500 Wh stay.
    expect(sums(trades)).toEqual({ [someone("carl").address]: 500n, [someone("dora").address]: 700n });
    expect(told("cleared").at(-1)).toMatchObject({ slot, energyWh: 1200n, leftWh: 0n });
  });

  test("gives up slots that are older than the trading window, by name", async () => {
    const slot = await small();
    await bothAttest(slot);
    await clear();
    await chain.goTo(slot + 15);
    forget();
    await clear({ grace: 0 });
    expect(told("expired")).toEqual([{ event: "expired", fromSlot: slot + 1, toSlot: slot + 6 }]);
  });

  test("comes through lost requests and answers with nothing traded twice", async () => {
    const slot = await small();
    await bothAttest(slot);
    const admin = privateKeyToAccount(KEY).address;
    const nonce = await chain.client.getTransactionCount({ address: admin });
    const next = sequence(1);
    const kinds = ["drop", "lose", "fail", "refuse"] as const;
    proxy.fault = () => (next() < 0.2 ? (kinds[Math.floor(next() * 4)] ?? null) : null);
    let runs = 1;
    while (!(await clear({ mostPairs: 1 })) && runs < 200) runs += 1;
    expect([runs < 200, proxy.faults > 10]).toEqual([true, true]);
    expect(sums(await chain.trades())).toEqual({
      [someone("carl").address]: 500n,
      [someone("dora").address]: 700n,
      [someone("emil").address]: 300n,
    });
    // Four trades a call each, and no transaction beside them: each call that was sent is mined once, or never.
    const logs = await chain.client.getLogs({ address: chain.deployment.address, fromBlock: 0n });
    const cleared = parseEventLogs({ abi: gridxAbi, logs, eventName: "SlotCleared" });
    expect(cleared.map(({ args }) => [args.slot, args.trades])).toEqual(Array(4).fill([slot, 1]));
    const after = await chain.client.getTransactionCount({ address: admin });
    expect(after - nonce).toBe(4);
    expect(new Set(told("cleared").at(-1)?.transactions)).toEqual(new Set(cleared.map((log) => log.transactionHash)));
  });

  test("clears again what a reorganisation drops", async () => {
    const slot = await small();
    await bothAttest(slot);
    const stop = new AbortController();
    const snapshot = await chain.client.snapshot();
    const running = clear({ confirmations: 4, signal: stop.signal });
    for (let wait = 0; wait < 100 && (await chain.trades()).length === 0; wait += 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await chain.trades()).length).toBeGreaterThan(0);
    await chain.client.revert({ id: snapshot });
    for (let wait = 0; wait < 100 && (await chain.trades()).length === 0; wait += 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
    await chain.client.mine({ blocks: 4 });
    expect(await running).toBe(true);
    expect(told("warning").some(({ message }) => message.includes("off the chain"))).toBe(true);
    expect(told("cleared")).toMatchObject([{ slot, energyWh: 1500n }]);
    expect((await chain.trades()).reduce((sum, { energyWh }) => sum + energyWh, 0n)).toBe(1500n);
  });

  test("in an emergency: nothing above the cap, nobody above the allowance, no strangers", async () => {
    const slot = await small();
    await chain.write("setTier", [someone("carl").address, 3]);
    await chain.write("setTier", [someone("dora").address, 1]);
    await bothAttest(slot);
    const { timestamp } = await chain.client.getBlock();
    await chain.write("declareEmergency", [4_000_000n, 250n, 400n, Number(timestamp) + 3600, "storm"]);
    expect(await clear()).toBe(true);
    const trades = await chain.trades();
    expect(sums(trades)).toEqual({ [someone("carl").address]: 500n, [someone("dora").address]: 250n });
    expect(trades.every(({ pricePerKwh }) => pricePerKwh <= 4_000_000n)).toBe(true);
    expect(told("cleared")).toMatchObject([{ slot, energyWh: 750n, skipped: [] }]);
  });
});

// How the operator's transactions get into a block: price, nonce, crash, another's hand on the key, two operators at once.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Hex, parseGwei, parseTransaction, recoverTransactionAddress } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { beforeEach, describe, expect, test } from "vitest";
import type { SenderEvent } from "../src/chain/transactions.ts";
import type { ClearSlotsOptions } from "../src/clear/clear-slots.ts";
import { chain, clear, forget, proxy, told } from "./support/clearing.ts";
import { KEY, someone } from "./support/market-chain.ts";

const operator = privateKeyToAccount(KEY);
const until = async (met: () => boolean | Promise<boolean>) => {
  for (let wait = 0; wait < 200 && !(await met()); wait += 1) await setTimeout(25);
  expect(await met()).toBe(true);
};

let stateDir: string;
let sent: Extract<SenderEvent, { kind: "sent" }>[];
let failed: string[];
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "gridx-sender-"));
  [sent, failed] = [[], []];
  return () => rmSync(stateDir, { recursive: true, force: true });
});

const observe = (event: SenderEvent) => {
  if (event.kind === "sent") sent.push(event);
  if (event.kind === "failed") failed.push(event.reason);
};
const patient = (fees: ClearSlotsOptions["chain"]["fees"], bumpAfter = 60_000) => ({
  chain: { rpcUrls: [proxy.url], quorum: 1, ...(fees && { fees }), bumpAfter },
  stateDir,
  observe,
});
const warnings = () => told("warning").map(({ message }) => message);
const mining = (on: boolean) => chain.client.setAutomine(on);

/** A slot in which Anna sells Carl 500 Wh; from then on nothing is mined by itself. */
async function stalled(): Promise<number> {
  await chain.sells("anna", 3_000_000n);
  await chain.bids("carl", 8_000_000n, 500n);
  const slot = await chain.slot();
  await chain.goTo(slot + 1);
  await chain.attest(slot, { anna: 900n });
  await mining(false);
  return slot;
}
const nonceOf = () => chain.client.getTransactionCount({ address: operator.address });

describe("a transaction of the operator", () => {
  test("that hangs is sent again under its nonce, dearer each time up to the ceiling, and lands once", async () => {
    const slot = await stalled();
    const nonce = await nonceOf();
    const fees = { leastTip: parseGwei("25"), ceiling: parseGwei("90") };
    const running = clear(patient(fees, 40));
    await until(() =>
      warnings().some((message) => message.includes("(MAX_FEE_GWEI) leaves no room for more; waiting")),
    );
    await chain.client.mine({ blocks: 1 });
    expect(await running).toBe(true);
    expect(new Set(sent.map((event) => event.nonce))).toEqual(new Set([nonce]));
    expect(sent[0]?.fees.maxPriorityFeePerGas).toBe(parseGwei("25"));
    for (const [index, { fees: offered }] of sent.slice(1).entries()) {
      const before = sent[index]?.fees ?? offered;
      expect(offered.maxFeePerGas * 8n).toBeGreaterThanOrEqual(before.maxFeePerGas * 9n);
      expect(offered.maxPriorityFeePerGas * 8n).toBeGreaterThanOrEqual(before.maxPriorityFeePerGas * 9n);
      expect(offered.maxFeePerGas).toBeLessThanOrEqual(fees.ceiling);
    }
    expect(sent.length).toBeGreaterThan(2);
    expect(told("cleared")).toMatchObject([{ slot, energyWh: 500n, trades: 1, transactions: [sent.at(-1)?.hash] }]);
    expect([await nonceOf(), (await chain.trades()).length]).toEqual([nonce + 1, 1]);
  });

  test("is not sent at all while gas costs more than the ceiling", async () => {
    await stalled();
    expect(await clear(patient({ leastTip: parseGwei("25"), ceiling: parseGwei("25") }))).toBe(false);
    expect(warnings().at(-1)).toMatch(/gas costs 25\.\d+ gwei, above the ceiling of 25 gwei .*; nothing is sent/);
    expect([sent, failed.slice(0, 1)]).toEqual([[], ["too dear"]]);
    expect((await chain.client.getTxpoolStatus()).pending).toBe(0);
  });

  test("goes on after a crash: the same call by its hash, another in its place and never beside it", async () => {
    await stalled();
    const crash = new AbortController();
    const first = clear({ ...patient(undefined), signal: crash.signal });
    await until(() => sent.length === 1);
    crash.abort();
    expect(await first).toBe(false);
    const [before] = sent;
    sent = [];
    const second = new AbortController();
    const resumed = clear({ ...patient(undefined), signal: second.signal });
    await until(() => sent.length === 1);
    expect(sent[0]).toMatchObject({ nonce: before?.nonce, hash: before?.hash, replaces: false });
    expect(warnings()).toContain(`transaction ${before?.hash} of an earlier run goes on`);
    second.abort();
    await resumed;
    // The market changes while nobody runs: the call would be another one.
    const [file = ""] = readdirSync(join(stateDir, "run-test"));
    const { raw } = JSON.parse(readFileSync(join(stateDir, "run-test", file), "utf8")).sent[0].attempts[0] as {
      raw: Hex;
    };
    expect(await recoverTransactionAddress({ serializedTransaction: raw as `0x02${string}` })).toBe(operator.address);
    await chain.client.dropTransaction({ hash: before?.hash ?? "0x" });
    await mining(true);
    await chain.write("withdraw", [someone("carl").address, 999_000_000n], someone("carl"));
    await mining(false);
    sent = [];
    const third = clear(patient(undefined));
    await until(() => sent.length === 1);
    expect(sent[0]).toMatchObject({ nonce: before?.nonce, replaces: true });
    const fees = sent[0]?.fees.maxFeePerGas ?? 0n;
    expect(fees * 8n).toBeGreaterThanOrEqual((parseTransaction(raw).maxFeePerGas ?? 0n) * 9n);
    await expect(chain.client.sendRawTransaction({ serializedTransaction: raw })).rejects.toThrow(/underpriced/);
    await chain.client.mine({ blocks: 1 });
    expect(await third).toBe(true);
    expect((await chain.trades()).map(({ energyWh }) => energyWh)).toEqual([told("cleared")[0]?.energyWh]);
    expect(await nonceOf()).toBe((before?.nonce ?? 0) + 1);
  });

  test("whose nonce another hand takes with the same key is told, and the slot cleared all the same", async () => {
    const slot = await stalled();
    const running = clear({ ...patient(undefined), once: true });
    await until(() => sent.length === 1);
    const { nonce = 0 } = sent[0] ?? {};
    const call = { to: operator.address, nonce, gas: 21_000n, maxFeePerGas: parseGwei("99"), chainId: 31337 };
    const foreign = await operator.signTransaction({ ...call, type: "eip1559", maxPriorityFeePerGas: parseGwei("99") });
    await chain.client.sendRawTransaction({ serializedTransaction: foreign });
    await chain.client.mine({ blocks: 1 });
    await mining(true);
    expect(await running).toBe(true);
    expect(warnings().join()).toContain(`nonce ${nonce} was used by a transaction that is not this operator's`);
    expect(failed).toEqual(["taken over"]);
    expect(told("cleared")).toMatchObject([{ slot, energyWh: 500n, trades: 1 }]);
  });
});

describe("two operators", () => {
  test("with keys of their own clear a slot once, at one price, though both try", async () => {
    const other = privateKeyToAccount(generatePrivateKey());
    await chain.client.setBalance({ address: other.address, value: 10n ** 20n });
    await chain.write("grantRole", [await chain.read("MARKET_OPERATOR_ROLE"), other.address]);
    const slot = await stalled();
    const runs = [clear(patient(undefined)), clear({ ...patient(undefined), account: other })];
    // Both are on their way before either is mined.
    await until(() => sent.length === 2);
    await chain.client.mine({ blocks: 1 });
    await mining(true);
    expect(await Promise.all(runs)).toEqual([true, true]);
    expect(await chain.trades()).toMatchObject([{ slot, energyWh: 500n }]);
    const logs = await chain.client.getLogs({ address: chain.deployment.address, fromBlock: 0n });
    const receipts = await Promise.all(sent.map(({ hash }) => chain.client.getTransactionReceipt({ hash })));
    // The contract refused the second.
    expect(receipts.map(({ status }) => status).sort()).toEqual(["reverted", "success"]);
    expect(
      logs.filter(({ transactionHash }) => sent.some(({ hash }) => hash === transactionHash)).length,
    ).toBeGreaterThan(0);
    for (const cleared of told("cleared")) expect(cleared).toMatchObject({ slot, energyWh: 500n, trades: 1 });
  });

  test("with one key and one folder: the second is turned away by name", async () => {
    await stalled();
    const stop = new AbortController();
    const first = clear({ ...patient(undefined), signal: stop.signal });
    await until(() => sent.length === 1);
    await expect(clear(patient(undefined))).rejects.toThrow(
      /transactions-0x[0-9a-f]{40}\.lock: process \d+ .*stop it first/,
    );
    stop.abort();
    await first;
  });
});

describe("clear", () => {
  test("tries the calls of a dry run as the operator would make them, and sends none", async () => {
    const slot = await stalled();
    const nonce = await nonceOf();
    expect(await clear({ ...patient(undefined), dryRun: true })).toBe(true);
    expect(told("planned")).toMatchObject([
      { slot, energyWh: 500n, rehearsal: [{ trades: 1, energyWh: 500n, refusal: null }] },
    ]);
    const [rehearsed] = told("planned")[0]?.rehearsal ?? [];
    expect(rehearsed?.gas).toBeGreaterThan(50_000n);
    expect(rehearsed?.costWei).toBeGreaterThan(0n);
    forget();
    await clear({ ...patient(undefined), account: undefined, rehearseAs: someone("nobody").address, dryRun: true });
    expect(told("planned")[0]?.rehearsal?.[0]).toMatchObject({ energyWh: null, gas: null });
    expect(told("planned")[0]?.rehearsal?.[0]?.refusal).toContain("AccessControlUnauthorizedAccount");
    forget();
    await clear({ ...patient(undefined), account: undefined, dryRun: true });
    expect(told("planned")[0]?.rehearsal).toBeNull();
    expect([await nonceOf(), readdirSync(stateDir), (await chain.client.getTxpoolStatus()).pending]).toEqual([
      nonce,
      [],
      0,
    ]);
  });

  test("calls nothing settled before the chain calls it final", async () => {
    const slot = await stalled();
    await mining(true);
    const running = clear({ ...patient(undefined), confirmations: "finalized" });
    await until(async () => (await chain.trades()).length === 1);
    // anvil's newest final block is 64 behind the newest.
    await chain.client.mine({ blocks: 63 });
    await setTimeout(200);
    expect(told("cleared")).toEqual([]);
    await chain.client.mine({ blocks: 1 });
    expect(await running).toBe(true);
    expect(told("cleared")).toMatchObject([{ slot, energyWh: 500n }]);
  });
});

// Several RPCs, of which some lie, lag or are down: what is decided by them, and what is said of them.
import { privateKeyToAccount } from "viem/accounts";
import { beforeEach, describe, expect, test } from "vitest";
import { settledHeight } from "../src/chain/confirmations.ts";
import { createPool } from "../src/chain/quorum.ts";
import { latestBlock } from "../src/chain/rpc.ts";
import type { SenderEvent } from "../src/chain/transactions.ts";
import { ConfigError, chainConfig, metricsConfig } from "../src/config.ts";
import { chain, clear, proxy, told } from "./support/clearing.ts";
import { type FlakyRpc, flakyRpc } from "./support/flaky-rpc.ts";
import { KEY } from "./support/market-chain.ts";

let second: FlakyRpc;
let third: FlakyRpc;
beforeEach(async () => {
  [second, third] = await Promise.all([flakyRpc(chain.anvil.rpcUrl), flakyRpc(chain.anvil.rpcUrl)]);
  return () => Promise.all([second.close(), third.close()]);
});

const SECRET = "s3cr3tk3y";
const rpcUrls = () => [proxy, second, third].map(({ url }) => `${url}/v2/${SECRET}`);
const three = () => ({ chain: { rpcUrls: rpcUrls(), quorum: 2 } });
const portOf = ({ url }: FlakyRpc) => new URL(url).host;
const warnings = () =>
  told("warning")
    .map(({ message }) => message)
    .join("\n");

/** A slot in which Anna sells Carl 500 Wh. */
async function market(): Promise<number> {
  await chain.sells("anna", 3_000_000n);
  await chain.bids("carl", 8_000_000n, 500n);
  const slot = await chain.slot();
  await chain.goTo(slot + 1);
  await chain.attest(slot, { anna: 900n });
  return slot;
}
/** Takes the money for another: of what a contract answers, the last digit. */
const lie = (method: string, _: readonly unknown[], result: unknown) =>
  method === "eth_call" && typeof result === "string"
    ? result.replace(/.$/, (digit) => (digit === "7" ? "8" : "7"))
    : result;

describe("reads that decide about money", () => {
  test("follow the two that agree; the one that lies is named, without what is secret of its URL", async () => {
    const slot = await market();
    proxy.alter = lie;
    expect(await clear(three())).toBe(true);
    expect(told("cleared")).toMatchObject([{ slot, energyWh: 500n, trades: 1, leftWh: 0n }]);
    expect(warnings()).toMatch(
      new RegExp(`RPCs disagree on eth_call: RPC 2 .*, RPC 3 .*; RPC 1 \\(${portOf(proxy)}\\): `),
    );
    expect(warnings()).not.toContain(SECRET);
  });

  test("stop everything where no two agree, and say which RPC said what", async () => {
    await market();
    third.alter = lie;
    expect(await clear({ chain: { rpcUrls: rpcUrls().slice(1), quorum: 2 } })).toBe(false);
    expect(warnings()).toMatch(/fewer than 2 agree: RPC 1 \(.*\): "?0x.*; RPC 2 \(.*\): "?0x/);
    expect(await chain.trades()).toEqual([]);
    third.alter = (method, _, result) => (method === "eth_getLogs" ? [] : result);
    expect(await clear({ chain: { rpcUrls: rpcUrls().slice(1), quorum: 2 } })).toBe(false);
    expect(warnings()).toContain("RPCs disagree on eth_getLogs, and fewer than 2 agree");
    expect(await chain.trades()).toEqual([]);
  });

  test("go on while one is down, and do not while two are", async () => {
    const slot = await market();
    proxy.fault = () => "drop";
    expect(await clear(three())).toBe(true);
    expect(told("cleared")).toMatchObject([{ slot, energyWh: 500n, trades: 1 }]);
    second.fault = () => "fail";
    expect(await clear(three())).toBe(false);
    expect(warnings()).toMatch(/1 of 3 RPCs answer, 2 are needed: .*RPC 1 .*; .*RPC 2 /);
  });

  test("a transaction that the first took, though its answer was lost, is not sent as another to the second", async () => {
    const slot = await market();
    const nonce = await chain.client.getTransactionCount({ address: privateKeyToAccount(KEY).address });
    const failed: string[] = [];
    proxy.fault = (methods) => (methods.includes("eth_sendRawTransaction") ? "lose" : null);
    for (const other of [second, third]) {
      other.refusal = "insufficient funds for gas * price + value";
      other.fault = (methods) => (methods.includes("eth_sendRawTransaction") ? "refuse" : null);
    }
    const observe = (event: SenderEvent) => void (event.kind === "failed" && failed.push(event.reason));
    expect(await clear({ ...three(), observe })).toBe(true);
    expect([proxy.faults, failed]).toEqual([1, []]);
    expect(told("cleared")).toMatchObject([{ slot, energyWh: 500n, trades: 1 }]);
    expect(await chain.client.getTransactionCount({ address: privateKeyToAccount(KEY).address })).toBe(nonce + 1);
  });

  test("take a block, and a final one, for what two of three have", async () => {
    await chain.client.mine({ blocks: 100 });
    const height = Number(await chain.client.getBlockNumber());
    const rpc = createPool(rpcUrls(), { quorum: 2 });
    const behind = (blocks: number) => (method: string, params: readonly unknown[], result: unknown) =>
      method === "eth_getBlockByNumber" && typeof params[0] === "string" && !params[0].startsWith("0x")
        ? {
            ...(result as object),
            number: `0x${(Number((result as { number: string }).number) - blocks).toString(16)}`,
          }
        : result;
    second.alter = behind(3);
    third.alter = behind(10);
    expect((await latestBlock(rpc)).number).toBe(height - 3);
    expect(await settledHeight(rpc, "finalized")).toBe(height - 64 - 3);
    expect(await settledHeight(rpc, 5)).toBe(height - 3 - 4);
    third.alter = (method, _, result) =>
      method === "eth_getBlockByNumber" ? { ...(result as object), hash: `0x${"66".repeat(32)}` } : result;
    second.alter = (_method, _params, result) => result;
    // Two agree on the block; alone with the liar nobody knows.
    expect((await latestBlock(rpc)).number).toBe(height);
    await expect(latestBlock(createPool(rpcUrls().slice(1), { quorum: 2 }))).rejects.toThrow(
      /disagree on eth_getBlockByNumber/,
    );
  });
});

describe("the environment", () => {
  test("names RPCs, quorum, fees and metrics; what is wrong with one is told by its name", () => {
    const urls = "https://a.example/k, https://b.example/k,https://c.example/k";
    const config = chainConfig({ RPC_URLS: urls, MAX_FEE_GWEI: "300" }, 137);
    expect(config).toMatchObject({ quorum: 2, bumpAfter: 30_000 });
    expect(config.rpcUrls).toHaveLength(3);
    expect(config.fees).toEqual({ leastTip: 25_000_000_000n, ceiling: 300_000_000_000n });
    // As the other services call it; a flag comes first.
    expect(chainConfig({ RPC_URL: "http://127.0.0.1:8545" }, 137).rpcUrls).toEqual(["http://127.0.0.1:8545"]);
    expect(chainConfig({ RPC_URLS: urls }, 137, "http://127.0.0.1:8545").rpcUrls).toHaveLength(1);
    expect(() => chainConfig({ RPC_URL: urls, RPC_URLS: urls }, 137)).toThrow("both set; set one");
    expect(() => chainConfig({ RPC_URLS_FILE: "/nowhere" }, 137)).toThrow("RPC_URLS_FILE: /nowhere can't be read");
    expect(chainConfig({ RPC_URLS: "http://127.0.0.1:8545" }, 31337).fees).toEqual({ leastTip: 0n, ceiling: null });
    // A chain of which nothing is known takes gas money like any other.
    expect(chainConfig({ RPC_URLS: "http://127.0.0.1:8545" }, 100).fees).toEqual({
      leastTip: 0n,
      ceiling: 500_000_000_000n,
    });
    expect(metricsConfig({ METRICS_PORT: "9464" })).toEqual({ host: "127.0.0.1", port: 9464 });
    const wrong: [Record<string, string>, string][] = [
      [{}, "RPC_URLS: is not set"],
      [{ RPC_URLS: "wss://a.example" }, "RPC_URLS: expected http(s) URLs"],
      [{ RPC_URLS: `${urls},https://a.example/k` }, "RPC_URLS: names one RPC twice"],
      [{ RPC_URLS: urls, RPC_QUORUM: "4" }, "RPC_QUORUM: 4 of 3 RPCs can't agree"],
      [{ RPC_URLS: urls, MAX_FEE_GWEI: "20" }, "MAX_FEE_GWEI: lies below MIN_PRIORITY_FEE_GWEI"],
      [{ RPC_URLS: urls, MAX_FEE_GWEI: "cheap" }, "MAX_FEE_GWEI: expected gwei"],
      [{ RPC_URLS: urls, METRICS_PORT: "70000" }, "METRICS_PORT: expected a whole number from 0 to 65535"],
    ];
    for (const [environment, message] of wrong) {
      expect(() => chainConfig(environment, 137)).toThrow(ConfigError);
      expect(() => chainConfig(environment, 137)).toThrow(message);
    }
  });
});

import type { Deployment } from "@gridx/contracts";
import { type Hex, keccak256, parseGwei, parseTransaction } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { describe, expect, test } from "vitest";
import { hex, type Rpc, type RpcCall, RpcError } from "../src/chain/rpc.ts";
import type { QueuedReading } from "../src/relay/queue.ts";
import { Submitter } from "../src/relay/submitter.ts";

const KEY: Hex = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const deployment = { address: `0x${"11".repeat(20)}`, chainId: 137, startBlock: 0, slotDuration: 900 } as Deployment;
const reading: QueuedReading = {
  seq: 0,
  meter: `0x${"22".repeat(20)}`,
  slot: 1,
  exportWh: 5n,
  signature: `0x${"33".repeat(65)}`,
};
const TIP = parseGwei("30");
const CEILING = parseGwei("200");

/** A chain that mines nothing, and answers a transaction as the test says: an error, or null to take it. */
function submitterAt(answer: (attempt: number) => Error | null) {
  const sent: { tip: bigint; hash: Hex }[] = [];
  const calls: string[] = [];
  const reply = ({ method, params }: RpcCall): unknown => {
    calls.push(method);
    if (method === "eth_getBlockByNumber")
      return { number: "0x1", hash: "0x1", timestamp: "0x1", baseFeePerGas: "0x0" };
    if (method === "eth_maxPriorityFeePerGas") return hex(TIP);
    if (method === "eth_getTransactionReceipt") return null;
    if (method !== "eth_sendRawTransaction") return "0x5208";
    const raw = params?.[0] as Hex;
    sent.push({ tip: parseTransaction(raw).maxPriorityFeePerGas ?? 0n, hash: keccak256(raw) });
    const error = answer(sent.length);
    if (error) throw error;
    return keccak256(raw);
  };
  const batch = async (list: readonly RpcCall[]) => list.map(reply);
  const rpc: Rpc = { batch, settle: batch, call: async (method, ...params) => reply({ method, params }) };
  const account = privateKeyToAccount(KEY);
  const fees = { leastTip: parseGwei("25"), ceiling: CEILING };
  const submitter = new Submitter({ rpc, account, deployment, fees, bumpAfter: 0, receiptTimeout: 0 });
  const attempt = async () => {
    const before = calls.length;
    await expect(submitter.submit([reading])).rejects.toThrow();
    return calls.length - before;
  };
  return { attempt, sent };
}

const refusal = (message: string) => new RpcError("eth_sendRawTransaction", message, { answered: true });

describe("the price of a transaction", () => {
  test("stays as it is, and so does the work of an attempt, while the node refuses", async () => {
    const { attempt, sent } = submitterAt(() => refusal("insufficient funds for gas * price + value"));
    const work = [];
    for (let index = 0; index < 40; index += 1) work.push(await attempt());
    expect(new Set(sent.map(({ tip }) => tip))).toEqual(new Set([TIP]));
    expect(new Set(work)).toEqual(new Set([5]));
  });

  test.each([
    ["hangs", () => null],
    ["may have been lost on the way", () => new RpcError("eth_sendRawTransaction", "HTTP 503")],
    ["is known already", () => refusal("already known")],
    ["has a nonce that was used", () => refusal("nonce too low")],
    ["is outbid by one that hangs", () => refusal("replacement transaction underpriced")],
  ])("rises while the transaction %s, by an eighth at least and to the ceiling", async (_, answer) => {
    const { attempt, sent } = submitterAt(answer);
    let work = 0;
    for (let index = 0; index < 40; index += 1) work = await attempt();
    const tips = sent.map(({ tip }) => tip);
    const offers = [...new Set(tips)];
    const most = offers.at(-1) ?? 0n;
    expect([most <= CEILING, most * 9n > CEILING * 8n]).toEqual([true, true]);
    for (const [index, tip] of offers.slice(1).entries())
      expect(tip * 8n).toBeGreaterThanOrEqual((offers[index] ?? 0n) * 9n);
    // Each that may still be mined is looked for, in one request.
    expect(work).toBeLessThanOrEqual(5 + offers.length);
  });

  test("what was refused is not looked for, what may have arrived is", async () => {
    const messages = ["insufficient funds", null, "insufficient funds"];
    const { attempt } = submitterAt((index) => {
      const message = messages[index - 1];
      return message ? refusal(message) : new TypeError("fetch failed");
    });
    expect([await attempt(), await attempt(), await attempt(), await attempt()]).toEqual([5, 5, 6, 6]);
  });
});

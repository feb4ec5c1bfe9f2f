// Parts of the clearing against nodes that lag, refuse or forget.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Deployment, gridxAbi } from "@gridx/contracts";
import { type Address, encodeAbiParameters, encodeEventTopics, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { describe, expect, test } from "vitest";
import { createRpc, hex, type Receipt, type Rpc, RpcError } from "../src/chain/rpc.ts";
import { isAboutGas, type Mined, Transactions } from "../src/chain/transactions.ts";
import { awaitDepth } from "../src/clear/confirm.ts";
import { Participants } from "../src/clear/participants.ts";

const word = (value: number): Hex => `0x${value.toString(16).padStart(64, "0")}`;
const address: Address = `0x${"1".repeat(40)}`;
const deployment = { address, startBlock: 10, chainId: 31337, slotDuration: 900 } as Deployment;

/** A node that answers by a function. */
function nodeOf(answer: (method: string, params: readonly unknown[]) => unknown): Rpc {
  const batch: Rpc["batch"] = async (calls) => calls.map(({ method, params = [] }) => answer(method, params));
  return { batch, settle: batch, call: async (method, ...params) => answer(method, params) };
}

type Search = { fromBlock: Hex; toBlock: Hex };

describe("participants", () => {
  test("a search that fails on the way goes on where it failed", async () => {
    const asked: number[] = [];
    let down = true;
    const rpc = nodeOf((_, [filter]) => {
      const { fromBlock } = filter as Search;
      asked.push(Number(fromBlock));
      if (down && asked.length === 3) throw new Error("down");
      return [];
    });
    const participants = new Participants(rpc, deployment);
    await expect(participants.follow(9_000)).rejects.toThrow("down");
    down = false;
    await participants.follow(9_000);
    expect(asked).toEqual([10, 2_010, 4_010, 4_010, 6_010, 8_010]);
    await participants.follow(9_001);
    expect(asked.at(-1)).toBe(9_000 - 128);
  });

  test("a node that wants shorter searches gets them, from then on", async () => {
    const spans: number[] = [];
    const rpc = nodeOf((method, [filter]) => {
      const { fromBlock, toBlock } = filter as Search;
      const span = Number(toBlock) - Number(fromBlock) + 1;
      spans.push(span);
      if (span > 500) throw new RpcError(method, "block range too large", { answered: true });
      return [];
    });
    await new Participants(rpc, deployment).follow(1_509);
    expect(spans).toEqual([1500, 750, 375, 375, 375, 375]);
  });

  test("who ends a bid, or a house, leaves once that can't be undone", async () => {
    const buyer: Address = `0x${"2".repeat(40)}`;
    const log = (block: number, pricePerKwh: bigint) => ({
      address,
      topics: encodeEventTopics({ abi: gridxAbi, eventName: "BidSet", args: { buyer } }),
      data: encodeAbiParameters([{ type: "uint32" }, { type: "uint96" }, { type: "uint64" }], [5, pricePerKwh, 100n]),
      blockNumber: hex(block),
      transactionHash: word(block),
      logIndex: "0x0",
    });
    let logs = [log(20, 7n), log(1_000, 0n)];
    const rpc = nodeOf((_, [filter]) => {
      const { fromBlock, toBlock } = filter as Search;
      return logs.filter(
        (one) => BigInt(one.blockNumber) >= BigInt(fromBlock) && BigInt(one.blockNumber) <= BigInt(toBlock),
      );
    });
    const participants = new Participants(rpc, deployment);
    await participants.follow(1_050);
    expect(participants.buyers.size).toBe(1);
    // The end of the bid is undone: it stands.
    logs = [log(20, 7n)];
    await participants.follow(1_060);
    await participants.follow(1_300);
    expect(participants.buyers.size).toBe(1);
    logs.push(log(1_301, 0n));
    for (const block of [1_310, 1_430]) await participants.follow(block);
    expect(participants.buyers.size).toBe(0);
  });
});

describe("confirming", () => {
  const receipt = (block: number, fork = 0): Receipt => ({
    transactionHash: word(1),
    blockNumber: block,
    blockHash: word(1_000 * (fork + 1) + block),
    status: true,
    gasUsed: 1n,
    logs: [],
  });
  const raw = ({ blockNumber, gasUsed, ...rest }: Receipt) => ({
    ...rest,
    blockNumber: hex(blockNumber),
    gasUsed: hex(gasUsed),
    status: "0x1",
  });
  /** What becomes of a transaction of block 7 where a node says so of it and of the chain. */
  async function fate(look: (round: number) => { known: Receipt | null; head: number; fork?: number }) {
    const mined = new Map<Hex, Mined<string>>([[word(1), { hash: word(1), content: "", receipt: receipt(7) }]]);
    let round = 0;
    const asked = { receipts: 0, heights: 0 };
    const rpc = nodeOf((method, [which]) => {
      const { known, head, fork = 0 } = look(round);
      if (method === "eth_getTransactionReceipt") {
        asked.receipts += 1;
        return known && raw(known);
      }
      if (which === "latest") {
        round += 1;
        asked.heights += 1;
      }
      const number = which === "latest" ? head : Number(which);
      if (number > head) return null;
      return { number: hex(number), hash: word(1_000 * (fork + 1) + number), timestamp: "0x1" };
    });
    const options = { rpc, confirmations: 64, interval: 0, persist: <R>(attempt: () => Promise<R>) => attempt() };
    const vanished = await awaitDepth(mined, options);
    return { vanished: vanished.length, asked };
  }

  test("a node that does not know a receipt for a while is waited for", async () => {
    const lags = (round: number) => round > 3 && round < 7;
    const { vanished } = await fate((round) => ({ known: lags(round) ? null : receipt(7), head: 70 - 6 + round }));
    expect(vanished).toBe(0);
  });

  test("another block in its place, or a receipt that stays away, is the end of it", async () => {
    const replaced = await fate(() => ({ known: null, head: 20, fork: 1 }));
    expect([replaced.vanished, replaced.asked.receipts]).toEqual([1, 1]);
    const forgotten = await fate(() => ({ known: null, head: 20 }));
    expect([forgotten.vanished, forgotten.asked.receipts]).toEqual([1, 5]);
  });

  test("what has vanished and comes back is told before anything is sent", async () => {
    let known: Receipt | null = null;
    const rpc = nodeOf(() => known && raw(known));
    const account = privateKeyToAccount(word(1));
    const transactions = new Transactions<string>({ rpc, account, chainId: 31337, to: address });
    transactions.lost({ hash: word(1), content: "call" });
    expect(await transactions.recovered()).toBeNull();
    known = receipt(9);
    expect(await transactions.submit("0x", "another")).toMatchObject({ hash: word(1), content: "call" });
  });

  test("asks for the height, and for receipts now and then", async () => {
    const { vanished, asked } = await fate((round) => ({ known: receipt(7), head: 6 + round }));
    expect([vanished, asked.heights, asked.receipts]).toEqual([0, 65, 5]);
  });
});

describe("requests", () => {
  test("a node that wants fewer calls at a time gets them, however it says so", async () => {
    const sizes: number[] = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const calls = [JSON.parse(Buffer.concat(chunks).toString())].flat() as { id: number }[];
      sizes.push(calls.length);
      if (calls.length > 150) return response.writeHead(413).end("too large");
      const refused = { jsonrpc: "2.0", id: null, error: { code: -32600, message: "batch of more than 80" } };
      const answers = calls.map(({ id }) => ({ jsonrpc: "2.0", id, result: id }));
      response.end(JSON.stringify(calls.length > 80 ? refused : answers));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const rpc = createRpc(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const results = await rpc.batch(Array.from({ length: 200 }, () => ({ method: "eth_blockNumber" })));
    expect([results.length, sizes]).toEqual([200, [200, 100, 50, 50, 50, 50]]);
    server.close();
  });

  test("what is about gas is told from what is about money, or the contract", () => {
    const says = (message: string) => isAboutGas(new RpcError("eth_estimateGas", message, { answered: true }));
    expect(["gas required exceeds allowance (30000000)", "exceeds block gas limit", "out of gas"].map(says)).toEqual([
      true,
      true,
      true,
    ]);
    expect(["insufficient funds for gas * price + value", "execution reverted", "busy"].map(says)).toEqual([
      false,
      false,
      false,
    ]);
  });
});

// Looks at the chain now and then for what no event of the services tells.
import { setTimeout } from "node:timers/promises";
import { type Deployment, gridxAbi } from "@gridx/contracts";
import { type Address, encodeEventTopics } from "viem";
import { z } from "zod";
import { finalBlock } from "../chain/confirmations.ts";
import { gasMarket } from "../chain/fees.ts";
import { searchLogs } from "../chain/logs.ts";
import { nameOf } from "../chain/quorum.ts";
import { blockSchema, createRpc, hex, latestBlock, type Rpc } from "../chain/rpc.ts";
import type { OperatorMetrics } from "./metrics.ts";

export interface WatchOptions {
  rpcUrls: readonly string[];
  deployment: Deployment;
  /** Whose gas money; null where none is known. */
  operator: Address | null;
  metrics: OperatorMetrics;
  /** Milliseconds between looks. */
  interval?: number;
  signal: AbortSignal;
}

const INTERVAL = 15_000;
const HOUR = 3_600;

const known = <T>(asking: Promise<T>): Promise<T | null> => asking.catch(() => null);

/** Until the signal. What can't be read is left as it was; that an RPC is down is itself a figure. */
export async function watchChain(options: WatchOptions): Promise<void> {
  const { rpcUrls, deployment, operator, metrics, interval = INTERVAL, signal } = options;
  const nodes = rpcUrls.map((url, index) => ({
    name: nameOf(url, index),
    rpc: createRpc(url, { timeout: 5_000, signal }),
  }));
  while (!signal.aborted) {
    const blocks = await Promise.all(nodes.map(({ rpc }) => known(latestBlock(rpc))));
    const numbers = blocks.map((block) => block?.number ?? -1);
    const best = numbers.indexOf(Math.max(...numbers));
    const [block, node] = [blocks[best] ?? null, nodes[best]];
    const none = { finalizedBlock: null, baseFee: null, tip: null, balance: null, tradesLastHour: null };
    const more = block && node ? await look(node.rpc, deployment, operator, block) : none;
    const heads = nodes.map(({ name }, index) => ({ rpc: name, block: blocks[index]?.number ?? null }));
    if (!signal.aborted) metrics.chain({ heads, timestamp: block?.timestamp ?? null, ...more });
    await setTimeout(interval, undefined, { signal }).catch(() => {});
  }
}

async function look(
  rpc: Rpc,
  deployment: Deployment,
  operator: Address | null,
  block: { number: number; timestamp: number },
) {
  const [finalizedBlock, market, balance, tradesLastHour] = await Promise.all([
    known(finalBlock(rpc)),
    known(gasMarket(rpc)),
    operator &&
      known(rpc.call("eth_getBalance", operator, "latest").then((answer) => BigInt(z.string().parse(answer)))),
    known(tradesSince(rpc, deployment, block)),
  ]);
  return { finalizedBlock, baseFee: market?.baseFee ?? null, tip: market?.tip ?? null, balance, tradesLastHour };
}

/** Trades within the chain's last hour, to a page of blocks. */
async function tradesSince(
  rpc: Rpc,
  deployment: Deployment,
  head: { number: number; timestamp: number },
): Promise<number> {
  const { address, startBlock: from } = deployment;
  const topics = encodeEventTopics({ abi: gridxAbi, eventName: "EnergyTradeLogged" });
  const since = head.timestamp - HOUR;
  const timeOf = async (number: number) =>
    blockSchema.parse(await rpc.call("eth_getBlockByNumber", hex(number), false)).timestamp;
  let count = 0;
  for await (const page of searchLogs(rpc, { address, topics }, { from, to: head.number, backwards: true })) {
    if ((await timeOf(page.first)) >= since) {
      count += page.logs.length;
      continue;
    }
    // The hour begins within this page: the first block of it, by halving.
    let [low, high] = [page.first, page.last];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if ((await timeOf(middle)) >= since) high = middle;
      else low = middle;
    }
    const first = (await timeOf(high)) >= since ? high : high + 1;
    return count + page.logs.filter(({ blockNumber }) => blockNumber >= BigInt(first)).length;
  }
  return count;
}

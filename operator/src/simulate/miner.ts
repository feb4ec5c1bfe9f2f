import { z } from "zod";
import { latestBlock, type Receipt, type Rpc, type RpcCall, RpcError, receiptsOf } from "../chain/rpc.ts";
import type { Intent } from "./households.ts";
import type { World } from "./world.ts";

/** anvil fills a block by gas limits, up to 30 million. */
const BLOCK_GAS = 28_000_000n;

/** Mines transactions in their order at a time, in one block if they fit; the next ones follow a second apart. */
export async function mineAt(rpc: Rpc, timestamp: number, intents: readonly Intent[]): Promise<void> {
  const calls: RpcCall[] = [];
  let [gas, time] = [0n, timestamp];
  const seal = () => calls.push({ method: "evm_mine" });
  const open = () => calls.push({ method: "evm_setNextBlockTimestamp", params: [time] });
  open();
  for (const intent of intents) {
    if (gas + intent.gas > BLOCK_GAS) {
      seal();
      gas = 0n;
      time += 1;
      open();
    }
    gas += intent.gas;
    calls.push({ method: "eth_sendRawTransaction", params: [intent.raw] });
  }
  seal();
  await rpc.batch(calls);
}

/** Empty blocks, a second apart, the last one at `until` or later. */
export async function mineEmpty(rpc: Rpc, count: number, until: number): Promise<void> {
  const { timestamp } = await latestBlock(rpc);
  const calls: RpcCall[] = [];
  for (let index = 1; index <= count; index += 1) {
    const time = index === count ? Math.max(until, timestamp + count) : timestamp + index;
    calls.push({ method: "evm_setNextBlockTimestamp", params: [time] }, { method: "evm_mine" });
  }
  await rpc.batch(calls);
}

/** Receipts of transactions that must all have succeeded, with their gas in the tally. */
export async function settled({ rpc, tally }: World, intents: readonly Intent[]): Promise<Receipt[]> {
  const receipts = await receiptsOf(rpc, intents);
  return receipts.map((receipt, index) => {
    const { kind, hash } = intents[index] ?? { kind: "buy", hash: "0x" };
    if (!receipt) throw new Error(`transaction ${hash} (${kind}) was not mined`);
    tally.spent(kind, receipt);
    if (!receipt.status) throw new Error(`transaction ${hash} (${kind}) reverted in block ${receipt.blockNumber}`);
    return receipt;
  });
}

/** Sends transactions without waiting; the errors of those that were not taken, by their place. */
export async function send(rpc: Rpc, intents: readonly Intent[]): Promise<(RpcError | null)[]> {
  const calls = intents.map(({ raw }) => ({ method: "eth_sendRawTransaction", params: [raw] }));
  return (await rpc.settle(calls)).map((result) => (result instanceof RpcError ? result : null));
}

/** The clock of anvil: a block every `blockTime` seconds, each `step` seconds after the one before. */
export async function runClock(rpc: Rpc, blockTime: number, step: number): Promise<void> {
  await rpc.batch([
    { method: "anvil_setBlockTimestampInterval", params: [step] },
    { method: "evm_setIntervalMining", params: [blockTime] },
  ]);
}

export const nonceOf = async (rpc: Rpc, address: string, tag: "latest" | "pending"): Promise<number> =>
  Number(z.string().parse(await rpc.call("eth_getTransactionCount", address, tag)));

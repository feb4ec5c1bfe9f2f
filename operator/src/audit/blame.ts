// Where the events stop being what the contract committed to: the block, and in it the log.
import type { BookLog } from "@gridx/contracts/books";
import type { Address, Hex } from "viem";
import { z } from "zod";
import { hex } from "../chain/rpc.ts";
import { auditLogSchema, blockAt } from "./logs.ts";
import type { PatientRpc } from "./patient.ts";
import { headOnChain } from "./state.ts";

/** Heads that the events make after each block with a fact, in order. */
export class Heads {
  readonly blocks: number[] = [];
  readonly heads: Hex[] = [];

  set(block: number, head: Hex): void {
    if (this.blocks.at(-1) === block) this.heads[this.heads.length - 1] = head;
    else {
      this.blocks.push(block);
      this.heads.push(head);
    }
  }
}

/** A stretch of blocks: at the end of it the heads differ, before it they do not. */
export interface Stretch {
  after: number;
  upTo: number;
}

/** Halves until one block with our logs is left, or fewer blocks than that; needs an RPC that knows old states. */
export async function stretchOf(
  rpc: PatientRpc,
  address: Address,
  { blocks, heads }: Heads,
  { startBlock, block }: { startBlock: number; block: number },
): Promise<Stretch> {
  let [low, high] = [-1, blocks.length];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const same = (await headOnChain(rpc, address, blocks[middle] ?? startBlock)) === heads[middle];
    if (same) low = middle;
    else high = middle;
  }
  // A dropped block of logs lies between two that we know.
  const expected = heads[low];
  let [after, upTo] = [blocks[low] ?? startBlock - 1, blocks[high] ?? block];
  while (expected !== undefined && upTo - after > 1) {
    const middle = Math.floor((after + upTo) / 2);
    if ((await headOnChain(rpc, address, middle)) === expected) after = middle;
    else upTo = middle;
  }
  return { after, upTo };
}

const receiptSchema = z.object({ logs: z.array(auditLogSchema.omit({ blockTimestamp: true })) });

const sameLog = (one: Pick<BookLog, "topics" | "data">, other: Pick<BookLog, "topics" | "data">): boolean =>
  one.data === other.data && one.topics.join() === other.topics.join();

/** The first log of a block in which the list of logs and the receipts of its transactions differ. */
export async function firstDifference(
  rpc: PatientRpc,
  address: Address,
  block: number,
  listed: readonly BookLog[],
): Promise<string | null> {
  const { hash } = await blockAt(rpc, block);
  const transactions = z
    .object({ transactions: z.array(z.string()) })
    .parse(await rpc.call("eth_getBlockByHash", hash, false)).transactions;
  const calls = transactions.map((transaction) => ({ method: "eth_getTransactionReceipt", params: [transaction] }));
  const receipts = (await rpc.all(calls)).map((answer) => receiptSchema.parse(answer));
  const own = receipts.flatMap(({ logs }) => logs).filter((log) => log.address === address.toLowerCase());
  for (let index = 0; index < Math.max(own.length, listed.length); index += 1) {
    const [proven, found] = [own[index], listed[index]];
    if (proven && !found) return `log ${proven.logIndex} is in its receipt and not in the list of logs`;
    if (!proven && found) return `log ${found.logIndex} is in the list of logs and in no receipt`;
    if (!proven || !found) continue;
    if (proven.logIndex < found.logIndex) return `log ${proven.logIndex} is in its receipt and not in the list of logs`;
    if (proven.logIndex > found.logIndex) return `log ${found.logIndex} is in the list of logs and in no receipt`;
    if (!sameLog(proven, found)) return `log ${found.logIndex} is not as in its receipt`;
  }
  return null;
}

/** The contract's logs of one block, as listed. */
export async function listedIn(rpc: PatientRpc, address: Address, block: number): Promise<BookLog[]> {
  const range = { address, fromBlock: hex(block), toBlock: hex(block) };
  const logs = z.array(auditLogSchema).parse(await rpc.call("eth_getLogs", range));
  return logs.map((log) => ({ ...log, timestamp: 0 }));
}

// Waits until transactions are too deep in the chain to be replaced.
import { setTimeout } from "node:timers/promises";
import type { Hex } from "viem";
import { type Depth, settledHeight } from "../chain/confirmations.ts";
import { blockSchema, hex, type Rpc, receiptsOf } from "../chain/rpc.ts";
import type { Mined } from "../chain/transactions.ts";

/** Looks at the height of the chain between two at the receipts. */
const HEIGHTS = 16;
/** Looks in a row at which a node does not know a receipt before it is believed: one that lags does not know it either. */
const ABSENT = 5;

export interface Confirming {
  rpc: Rpc;
  confirmations: Depth;
  /** Milliseconds between looks. */
  interval: number;
  persist: <R>(attempt: () => Promise<R>) => Promise<R>;
  signal?: AbortSignal | undefined;
}

/** Those that have vanished, as after a reorganisation; none when all are deep enough. Brings the receipts up to date. */
export async function awaitDepth<T>(
  mined: Map<Hex, Mined<T>>,
  { rpc, confirmations, interval, persist, signal }: Confirming,
): Promise<Mined<T>[]> {
  const absent = new Map<Hex, number>();
  const isDeep = (settled: number) => [...mined.values()].every(({ receipt }) => receipt.blockNumber <= settled);
  for (let look = 0; mined.size > 0; look += 1) {
    signal?.throwIfAborted();
    const settled = await persist(() => settledHeight(rpc, confirmations));
    if (isDeep(settled) || absent.size > 0 || look % HEIGHTS === 0) {
      const vanished = await persist(() => absentees(rpc, mined, absent));
      if (vanished.length > 0) return vanished;
      if (absent.size === 0 && isDeep(settled)) return [];
    }
    await setTimeout(interval, undefined, { signal });
  }
  return [];
}

async function absentees<T>(rpc: Rpc, mined: Map<Hex, Mined<T>>, absent: Map<Hex, number>): Promise<Mined<T>[]> {
  const known = [...mined.values()];
  const receipts = await receiptsOf(rpc, known);
  const vanished: Mined<T>[] = [];
  for (const [index, transaction] of known.entries()) {
    const { hash, receipt: before } = transaction;
    const receipt = receipts[index];
    if (receipt) {
      absent.delete(hash);
      // Mined again elsewhere, it may have reverted there.
      if (!receipt.status) vanished.push(transaction);
      else mined.set(hash, { ...transaction, receipt });
      continue;
    }
    const answer = await rpc.call("eth_getBlockByNumber", hex(before.blockNumber), false);
    const block = blockSchema.nullable().parse(answer);
    const looks = (absent.get(hash) ?? 0) + 1;
    absent.set(hash, looks);
    if ((block && block.hash !== before.blockHash) || looks >= ABSENT) vanished.push(transaction);
  }
  return vanished;
}

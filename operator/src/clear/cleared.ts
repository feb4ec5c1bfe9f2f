import { type Deployment, gridxAbi, paymentOf, slotStart } from "@gridx/contracts";
import { type Address, encodeEventTopics, type Hex } from "viem";
import { searchLogs } from "../chain/logs.ts";
import { blockSchema, hex, type Receipt, type Rpc, receiptsOf } from "../chain/rpc.ts";
import { settlementOf } from "./settlement.ts";

/** Wh by participant that the calls for one slot have settled. */
export interface Cleared {
  sold: Map<Address, bigint>;
  bought: Map<Address, bigint>;
  energyWh: bigint;
  /** What buyers paid, fees included, less what they received as sellers. */
  spent: Map<Address, bigint>;
  /** Of the calls, in the order of the chain. */
  receipts: Receipt[];
}

export const nothingCleared = (): Cleared => ({
  sold: new Map(),
  bought: new Map(),
  energyWh: 0n,
  spent: new Map(),
  receipts: [],
});

/** Sums what the calls of `clearSlot` for a slot that has some did, found between the slot's end and the block. */
export async function clearedSoFar(rpc: Rpc, deployment: Deployment, slot: number, block: number): Promise<Cleared> {
  const { address, startBlock: from, slotDuration } = deployment;
  const topics = encodeEventTopics({ abi: gridxAbi, eventName: "SlotCleared", args: { slot } });
  const found: { hash: Hex; block: bigint; index: number }[] = [];
  for await (const { logs, first } of searchLogs(rpc, { address, topics }, { from, to: block, backwards: true })) {
    for (const log of logs) found.push({ hash: log.transactionHash, block: log.blockNumber, index: log.logIndex });
    const { timestamp } = blockSchema.parse(await rpc.call("eth_getBlockByNumber", hex(first), false));
    if (timestamp < slotStart(slot + 1, slotDuration)) break;
  }
  // The contract says that it was cleared: an answer without its logs, or a receipt, is one of a node that lags.
  if (found.length === 0) throw new Error(`the logs of slot ${slot}'s clearing are not there yet`);
  found.sort((a, b) => Number(a.block - b.block) || a.index - b.index);
  const hashes = [...new Set(found.map(({ hash }) => hash))];
  const cleared = nothingCleared();
  for (const [index, receipt] of (
    await receiptsOf(
      rpc,
      hashes.map((hash) => ({ hash })),
    )
  ).entries()) {
    if (!receipt) throw new Error(`the receipt of ${hashes[index]} is not there yet`);
    addTo(cleared, deployment, receipt, slot);
  }
  return cleared;
}

function addTo(cleared: Cleared, deployment: Deployment, receipt: Receipt, slot: number): void {
  const add = (sums: Map<Address, bigint>, who: Address, amount: bigint) =>
    sums.set(who, (sums.get(who) ?? 0n) + amount);
  cleared.receipts.push(receipt);
  for (const { seller, buyer, energyWh, pricePerKwh, feePaid } of settlementOf(deployment, receipt, slot).trades) {
    add(cleared.sold, seller, energyWh);
    add(cleared.bought, buyer, energyWh);
    const payment = paymentOf(energyWh, pricePerKwh);
    add(cleared.spent, buyer, payment + feePaid);
    add(cleared.spent, seller, -payment);
    cleared.energyWh += energyWh;
  }
}

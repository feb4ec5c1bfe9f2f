import { type Deployment, gridxAbi, paymentOf, slotStart } from "@gridx/contracts";
import { type Address, encodeEventTopics, type Hex } from "viem";
import { z } from "zod";
import { blockSchema, hex, logSchema, type Receipt, type Rpc } from "../chain/rpc.ts";
import { receiptsBy } from "./receipts.ts";
import { settlementOf } from "./settlement.ts";

const SPAN = 2_000;

/** Wh by participant that the calls for one slot have settled. */
export interface Cleared {
  sold: Map<Address, bigint>;
  bought: Map<Address, bigint>;
  energyWh: bigint;
  /** What buyers paid, fees included, less what they received as sellers. */
  spent: Map<Address, bigint>;
}

export const nothingCleared = (): Cleared => ({ sold: new Map(), bought: new Map(), energyWh: 0n, spent: new Map() });

/** Sums what calls of `clearSlot` for the slot did, found between the slot's end and the block. */
export async function clearedSoFar(rpc: Rpc, deployment: Deployment, slot: number, block: number): Promise<Cleared> {
  const topics = encodeEventTopics({ abi: gridxAbi, eventName: "SlotCleared", args: { slot } });
  const end = slotStart(slot + 1, deployment.slotDuration);
  const hashes = new Set<Hex>();
  for (let last = block; last >= deployment.startBlock; last -= SPAN) {
    const first = Math.max(deployment.startBlock, last - SPAN + 1);
    const filter = { address: deployment.address, topics, fromBlock: hex(first), toBlock: hex(last) };
    for (const log of z.array(logSchema).parse(await rpc.call("eth_getLogs", filter))) hashes.add(log.transactionHash);
    const { timestamp } = blockSchema.parse(await rpc.call("eth_getBlockByNumber", hex(first), false));
    if (timestamp < end) break;
  }
  const cleared = nothingCleared();
  for (const receipt of await receiptsBy(rpc, [...hashes])) if (receipt) addTo(cleared, deployment, receipt, slot);
  return cleared;
}

function addTo(cleared: Cleared, deployment: Deployment, receipt: Receipt, slot: number): void {
  const add = (sums: Map<Address, bigint>, who: Address, amount: bigint) =>
    sums.set(who, (sums.get(who) ?? 0n) + amount);
  for (const { seller, buyer, energyWh, pricePerKwh, feePaid } of settlementOf(deployment, receipt, slot).trades) {
    add(cleared.sold, seller, energyWh);
    add(cleared.bought, buyer, energyWh);
    const payment = paymentOf(energyWh, pricePerKwh);
    add(cleared.spent, buyer, payment + feePaid);
    add(cleared.spent, seller, -payment);
    cleared.energyWh += energyWh;
  }
}

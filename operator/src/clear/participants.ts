import { type Deployment, gridxAbi, parseGridxLogs } from "@gridx/contracts";
import { type AbiEvent, type Address, type Hex, toEventSelector } from "viem";
import { BITMAP_SLOTS } from "../chain/contract.ts";
import { searchLogs } from "../chain/logs.ts";
import type { Rpc } from "../chain/rpc.ts";

/** Looked at again each time, so that nothing of a block that was replaced is missed. */
const OVERLAP = 128;

const NAMES: readonly string[] = ["HouseRegistered", "MeterReplaced", "HouseRetired", "EnergyAttested", "BidSet"];
const topics: Hex[] = gridxAbi.flatMap((item) =>
  item.type === "event" && NAMES.includes(item.name) ? [toEventSelector(item as AbiEvent)] : [],
);

/** Who came and has not left; who left stays until the block in which they did is too old to be replaced. */
class Roster {
  readonly present = new Set<Address>();
  readonly #left = new Map<Address, number>();

  add(who: Address): void {
    this.present.add(who);
    this.#left.delete(who);
  }

  leaves(who: Address, block: number): void {
    this.#left.set(who, block);
  }

  /** Blocks from this one on are read again. */
  rewind(from: number): void {
    for (const [who, block] of this.#left) if (block >= from) this.#left.delete(who);
  }

  /** What was said before this block stands. */
  settle(block: number): void {
    for (const [who, at] of this.#left) {
      if (at >= block) continue;
      this.present.delete(who);
      this.#left.delete(who);
    }
  }
}

/**
 * Who can take part in a clearing, from the contract's events. Addresses only, and never too few: what they have is read
 * from the contract's state.
 */
export class Participants {
  readonly #meters = new Roster();
  readonly #buyers = new Roster();
  readonly sellers = new Set<Address>();
  /** Meters that attested a slot, with the block in which they did; of the newest slots. */
  readonly #heard = new Map<number, Map<Address, number>>();
  readonly #rpc: Rpc;
  readonly #deployment: Deployment;
  #next: number;

  constructor(rpc: Rpc, deployment: Deployment) {
    this.#rpc = rpc;
    this.#deployment = deployment;
    this.#next = deployment.startBlock;
  }

  get meters(): ReadonlySet<Address> {
    return this.#meters.present;
  }

  get buyers(): ReadonlySet<Address> {
    return this.#buyers.present;
  }

  /** Whether the logs followed so far say that the meter attested the slot; of old slots they do not tell. */
  heard(meter: Address, slot: number): boolean {
    return this.#heard.get(slot)?.has(meter) ?? false;
  }

  async follow(block: number): Promise<void> {
    const { startBlock, address } = this.#deployment;
    this.#meters.rewind(this.#next);
    this.#buyers.rewind(this.#next);
    for (const meters of this.#heard.values())
      for (const [meter, at] of meters) if (at >= this.#next) meters.delete(meter);
    const settled = block - OVERLAP;
    for await (const { logs, last } of searchLogs(
      this.#rpc,
      { address, topics: [topics] },
      { from: this.#next, to: block },
    )) {
      for (const log of parseGridxLogs(logs)) this.#take(log, Number(log.blockNumber));
      // Page by page: should a later one fail, this one need not be read again.
      this.#next = Math.max(startBlock, Math.min(last + 1, settled));
    }
    this.#meters.settle(settled);
    this.#buyers.settle(settled);
    const newest = Math.max(0, ...this.#heard.keys());
    for (const slot of this.#heard.keys()) if (slot <= newest - 2 * BITMAP_SLOTS) this.#heard.delete(slot);
  }

  #take(log: ReturnType<typeof parseGridxLogs>[number], block: number): void {
    if (log.eventName === "HouseRegistered") this.#meters.add(log.args.meter);
    else if (log.eventName === "HouseRetired") this.#meters.leaves(log.args.meter, block);
    else if (log.eventName === "MeterReplaced") {
      this.#meters.leaves(log.args.oldMeter, block);
      this.#meters.add(log.args.newMeter);
    } else if (log.eventName === "EnergyAttested") {
      const { seller, meter, slot } = log.args;
      this.sellers.add(seller);
      const heard = this.#heard.get(slot) ?? new Map<Address, number>();
      this.#heard.set(slot, heard.set(meter, block));
    } else if (log.eventName === "BidSet") {
      const { buyer, pricePerKwh, maxWhPerSlot } = log.args;
      if (pricePerKwh > 0n && maxWhPerSlot > 0n) this.#buyers.add(buyer);
      else this.#buyers.leaves(buyer, block);
    }
  }
}

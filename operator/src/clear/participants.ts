import { type Deployment, gridxAbi, parseGridxLogs } from "@gridx/contracts";
import { type AbiEvent, type Address, type Hex, toEventSelector } from "viem";
import { z } from "zod";
import { hex, logSchema, type Rpc } from "../chain/rpc.ts";

/** Public RPCs limit how many blocks a search for logs may span. */
const SPAN = 2_000;
/** Looked at again each time, so that nothing of a block that was replaced is missed. */
const OVERLAP = 128;

const NAMES: readonly string[] = ["HouseRegistered", "MeterReplaced", "EnergyAttested", "BidSet"];
const topics: Hex[] = gridxAbi.flatMap((item) =>
  item.type === "event" && NAMES.includes(item.name) ? [toEventSelector(item as AbiEvent)] : [],
);

/**
 * Who can take part in a clearing, from the contract's events. Addresses only, and never too few: what they have is read
 * from the contract's state.
 */
export class Participants {
  readonly meters = new Set<Address>();
  readonly sellers = new Set<Address>();
  readonly buyers = new Set<Address>();
  readonly #rpc: Rpc;
  readonly #deployment: Deployment;
  #next: number;

  constructor(rpc: Rpc, deployment: Deployment) {
    this.#rpc = rpc;
    this.#deployment = deployment;
    this.#next = deployment.startBlock;
  }

  async follow(block: number): Promise<void> {
    for (let from = this.#next; from <= block; from += SPAN) {
      const range = { fromBlock: hex(from), toBlock: hex(Math.min(block, from + SPAN - 1)) };
      const filter = { address: this.#deployment.address, topics: [topics], ...range };
      for (const log of parseGridxLogs(z.array(logSchema).parse(await this.#rpc.call("eth_getLogs", filter)))) {
        if (log.eventName === "HouseRegistered") this.meters.add(log.args.meter);
        else if (log.eventName === "MeterReplaced") this.meters.add(log.args.newMeter);
        else if (log.eventName === "EnergyAttested") this.sellers.add(log.args.seller);
        else if (log.eventName === "BidSet") this.buyers.add(log.args.buyer);
      }
    }
    this.#next = Math.max(this.#deployment.startBlock, block - OVERLAP);
  }
}

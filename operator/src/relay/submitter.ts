// Puts readings on the chain, a batch a transaction, and tells for each one what became of it.
import { type Deployment, gridxAbi, parseGridxLogs, rejectionReasons } from "@gridx/contracts";
import { encodeFunctionData } from "viem";
import type { Receipt } from "../chain/rpc.ts";
import { Transactions, type TransactionsOptions } from "../chain/transactions.ts";
import { findAttestations } from "./attestation.ts";
import type { QueuedReading } from "./queue.ts";

export type RejectionReason = (typeof rejectionReasons)[number];

export type Outcome =
  /** On the chain; `again` if it was already there. */
  | { kind: "attested"; reading: QueuedReading; again: boolean }
  /** Its slot has not ended on the chain yet: it stays in the queue. */
  | { kind: "early"; reading: QueuedReading }
  /** Refused for good. */
  | { kind: "rejected"; reading: QueuedReading; reason: RejectionReason };

export interface Submission {
  /** What the transaction carried, in order. */
  readings: readonly QueuedReading[];
  outcomes: Outcome[];
  receipt: Receipt;
}

export interface SubmitterOptions extends Omit<TransactionsOptions, "chainId" | "to"> {
  deployment: Deployment;
}

export class Submitter {
  readonly #options: SubmitterOptions;
  readonly #transactions: Transactions<readonly QueuedReading[]>;

  constructor(options: SubmitterOptions) {
    const { chainId, address: to } = options.deployment;
    this.#options = options;
    this.#transactions = new Transactions({ ...options, chainId, to });
  }

  /**
   * One attempt; throws if the transaction could not be sent, reverted, or was not mined in time. If an earlier attempt
   * turns out to have been mined, it tells of that one's readings instead and sends nothing.
   */
  async submit(batch: readonly QueuedReading[]): Promise<Submission> {
    const data = encodeFunctionData({ abi: gridxAbi, functionName: "attestReadings", args: [batch] });
    const { hash, content: readings, receipt } = await this.#transactions.submit(data, batch);
    if (!receipt.status) throw new Error(`transaction ${hash} reverted`);
    return { readings, receipt, outcomes: await this.#outcomesOf(readings, receipt) };
  }

  /** What the chain says now of a transaction that was mined before, once it lies in the block or an earlier one. */
  async review(
    { readings, receipt: { transactionHash } }: Submission,
    block: number,
  ): Promise<Submission | "shallow" | "vanished"> {
    const mined = await this.#transactions.find([{ hash: transactionHash, content: readings }]);
    if (!mined?.receipt.status) return "vanished";
    const { receipt } = mined;
    if (receipt.blockNumber > block) return "shallow";
    return { readings, receipt, outcomes: await this.#outcomesOf(readings, receipt) };
  }

  async #outcomesOf(readings: readonly QueuedReading[], receipt: Receipt): Promise<Outcome[]> {
    const { rpc, deployment } = this.#options;
    const own = receipt.logs.filter(({ address }) => address === deployment.address.toLowerCase());
    // The contract answers each reading of a batch by one event, in order.
    const answers = parseGridxLogs(own).filter(
      (log) => log.eventName === "EnergyAttested" || log.eventName === "ReadingRejected",
    );
    if (answers.length !== readings.length) {
      throw new Error(`${answers.length} answers to ${readings.length} readings in ${receipt.transactionHash}`);
    }
    const answered = readings.map((reading, index) => {
      const answer = answers[index];
      if (!answer || answer.args.slot !== reading.slot || answer.args.exportWh !== reading.exportWh) {
        throw new Error(`answer ${index} in ${receipt.transactionHash} is to another reading`);
      }
      const reason = answer.eventName === "EnergyAttested" ? null : (rejectionReasons[answer.args.reason] ?? "None");
      return { reading, reason };
    });
    // What landed before a crash; but slots before a registration are told the same way.
    const doubtful = answered.flatMap(({ reading, reason }) => (reason === "AlreadyAttested" ? [reading] : []));
    const landed = await findAttestations(rpc, deployment, doubtful);
    return answered.map(({ reading, reason }): Outcome => {
      if (reason === null || landed.has(reading)) return { kind: "attested", reading, again: reason !== null };
      return reason === "SlotNotEnded" ? { kind: "early", reading } : { kind: "rejected", reading, reason };
    });
  }
}

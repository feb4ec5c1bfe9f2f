// Puts readings on the chain, a batch a transaction, and tells for each one what became of it.
import { type Deployment, gridxAbi, parseGridxLogs, rejectionReasons } from "@gridx/contracts";
import { encodeFunctionData, type Hex, keccak256, type LocalAccount } from "viem";
import { z } from "zod";
import { latestBlock, type Receipt, type Rpc, RpcError, receiptSchema } from "../chain/rpc.ts";
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
  outcomes: Outcome[];
  receipt: Receipt;
}

export interface SubmitterOptions {
  rpc: Rpc;
  account: LocalAccount;
  deployment: Deployment;
  signal?: AbortSignal;
  /** Milliseconds to wait for a transaction to be mined. */
  receiptTimeout?: number;
  /** Milliseconds between looks for the receipt. */
  pollInterval?: number;
}

const quantity = z.string().transform((text) => BigInt(text));

export class Submitter {
  readonly #options: SubmitterOptions;
  /** Sent but not seen mined: the next attempt looks for them first, so that nothing is paid twice. */
  #unseen: { hash: Hex; readings: readonly QueuedReading[]; nonce: number }[] = [];

  constructor(options: SubmitterOptions) {
    this.#options = options;
  }

  /**
   * One attempt; throws if the transaction could not be sent, reverted, or was not mined in time. If an earlier attempt
   * turns out to have been mined, it tells of that one's readings instead and sends nothing.
   */
  async submit(readings: readonly QueuedReading[]): Promise<Submission> {
    const earlier = await this.#mined(this.#unseen);
    const receipt = earlier?.receipt ?? (await this.#send(readings));
    this.#unseen = [];
    if (!receipt.status) throw new Error(`transaction ${receipt.transactionHash} reverted`);
    return { receipt, outcomes: await this.#outcomesOf(earlier?.readings ?? readings, receipt) };
  }

  async #send(readings: readonly QueuedReading[]): Promise<Receipt> {
    const { rpc, account, deployment } = this.#options;
    const data = encodeFunctionData({ abi: gridxAbi, functionName: "attestReadings", args: [readings] });
    const call = { from: account.address, to: deployment.address, data };
    // The estimate tells a revert (a pause, say) before it costs anything.
    const [gas, count, tip, block] = await Promise.all([
      rpc.call("eth_estimateGas", call).then((value) => quantity.parse(value)),
      rpc.call("eth_getTransactionCount", account.address, "latest").then((value) => Number(quantity.parse(value))),
      rpc.call("eth_maxPriorityFeePerGas").then((value) => quantity.parse(value)),
      latestBlock(rpc),
    ]);
    // A transaction with the same nonce that hangs is replaced, which nodes allow from 10 % more on.
    const raises = BigInt(this.#unseen.filter(({ nonce }) => nonce === count).length);
    const raised = (fee: bigint) => (fee * (4n + raises)) / 4n;
    const raw = await account.signTransaction({
      type: "eip1559",
      chainId: deployment.chainId,
      to: deployment.address,
      data,
      gas: (gas * 13n) / 10n,
      nonce: count,
      maxFeePerGas: raised((block.baseFeePerGas ?? 0n) * 2n + tip),
      maxPriorityFeePerGas: raised(tip),
    });
    const hash = keccak256(raw);
    const sent = { hash, readings, nonce: count };
    this.#unseen.push(sent);
    try {
      await rpc.call("eth_sendRawTransaction", raw);
    } catch (error) {
      if (!(error instanceof RpcError) || !/already (known|imported)/i.test(error.message)) throw error;
    }
    const { receiptTimeout = 90_000, pollInterval = 250, signal } = this.#options;
    const deadline = Date.now() + receiptTimeout;
    while (Date.now() < deadline) {
      signal?.throwIfAborted();
      const mined = await this.#mined([sent]);
      if (mined) return mined.receipt;
      await new Promise((resolve) => setTimeout(resolve, pollInterval));
    }
    throw new Error(`transaction ${hash} was not mined within ${receiptTimeout / 1000} s`);
  }

  async #mined<T extends { hash: Hex }>(transactions: readonly T[]): Promise<(T & { receipt: Receipt }) | null> {
    for (const transaction of transactions) {
      const answer = await this.#options.rpc.call("eth_getTransactionReceipt", transaction.hash);
      const receipt = receiptSchema.nullable().parse(answer);
      if (receipt) return { ...transaction, receipt };
    }
    return null;
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

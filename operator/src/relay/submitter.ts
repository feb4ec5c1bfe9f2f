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
  /** What the transaction carried, in order. */
  readings: readonly QueuedReading[];
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

/**
 * A transaction that hangs is replaced by one of a quarter more of the node's own price each time: at most 2.75 times
 * that price. An eighth raise would be less than the tenth that nodes want of a replacement.
 */
const MOST_RAISES = 7;

const quantity = z.string().transform((text) => BigInt(text));

interface Sent {
  hash: Hex;
  readings: readonly QueuedReading[];
}

export class Submitter {
  readonly #options: SubmitterOptions;
  /**
   * Sent but not seen mined: the next attempt looks for them first, so that nothing is paid twice. The newest are enough:
   * one that was forgotten and mined all the same is told by the contract's answer to the next.
   */
  #unseen: Sent[] = [];
  /** How often the price of a nonce was raised. */
  #raises = { nonce: -1, count: 0 };

  constructor(options: SubmitterOptions) {
    this.#options = options;
  }

  /**
   * One attempt; throws if the transaction could not be sent, reverted, or was not mined in time. If an earlier attempt
   * turns out to have been mined, it tells of that one's readings instead and sends nothing.
   */
  async submit(readings: readonly QueuedReading[]): Promise<Submission> {
    const mined = (await this.#mined(this.#unseen)) ?? (await this.#send(readings));
    this.#unseen = [];
    if (!mined.receipt.status) throw new Error(`transaction ${mined.hash} reverted`);
    return { ...mined, outcomes: await this.#outcomesOf(mined.readings, mined.receipt) };
  }

  /** What the chain says now of a transaction that was mined before, once it lies in the block or an earlier one. */
  async review(
    { readings, receipt: { transactionHash } }: Submission,
    block: number,
  ): Promise<Submission | "shallow" | "vanished"> {
    const mined = await this.#mined([{ hash: transactionHash, readings }]);
    if (!mined?.receipt.status) return "vanished";
    if (mined.receipt.blockNumber > block) return "shallow";
    return { ...mined, outcomes: await this.#outcomesOf(readings, mined.receipt) };
  }

  async #send(readings: readonly QueuedReading[]): Promise<Sent & { receipt: Receipt }> {
    const { rpc, account, deployment } = this.#options;
    const data = encodeFunctionData({ abi: gridxAbi, functionName: "attestReadings", args: [readings] });
    const call = { from: account.address, to: deployment.address, data };
    // The estimate tells a revert (a pause, say) before it costs anything.
    const [gas, nonce, tip, block] = await Promise.all([
      rpc.call("eth_estimateGas", call).then((value) => quantity.parse(value)),
      rpc.call("eth_getTransactionCount", account.address, "latest").then((value) => Number(quantity.parse(value))),
      rpc.call("eth_maxPriorityFeePerGas").then((value) => quantity.parse(value)),
      latestBlock(rpc),
    ]);
    if (this.#raises.nonce !== nonce) this.#raises = { nonce, count: 0 };
    const raises = BigInt(this.#raises.count);
    const raised = (fee: bigint) => (fee * (4n + raises)) / 4n;
    const raw = await account.signTransaction({
      type: "eip1559",
      chainId: deployment.chainId,
      to: deployment.address,
      data,
      gas: (gas * 13n) / 10n,
      nonce,
      maxFeePerGas: raised((block.baseFeePerGas ?? 0n) * 2n + tip),
      maxPriorityFeePerGas: raised(tip),
    });
    const hash = keccak256(raw);
    const sent = { hash, readings };
    const answer = await rpc.call("eth_sendRawTransaction", raw).catch((error: unknown) => error);
    const fate = fateOf(answer);
    if (fate !== "refused") {
      // It may hang, or an earlier one does.
      this.#raises.count = Math.min(MOST_RAISES, this.#raises.count + 1);
    }
    if (fate === "taken" || fate === "unknown") {
      const others = this.#unseen.filter((other) => other.hash !== hash);
      this.#unseen = [...others, sent].slice(-MOST_RAISES - 1);
    }
    if (fate !== "taken") throw answer;
    const { receiptTimeout = 90_000, pollInterval = 250, signal } = this.#options;
    const deadline = Date.now() + receiptTimeout;
    while (Date.now() < deadline) {
      signal?.throwIfAborted();
      const mined = await this.#mined([sent]);
      if (mined) return mined;
      await new Promise((resolve) => setTimeout(resolve, pollInterval));
    }
    throw new Error(`transaction ${hash} was not mined within ${receiptTimeout / 1000} s`);
  }

  async #mined(transactions: readonly Sent[]): Promise<(Sent & { receipt: Receipt }) | null> {
    const calls = transactions.map(({ hash }) => ({ method: "eth_getTransactionReceipt", params: [hash] }));
    const receipts = z.array(receiptSchema.nullable()).parse(await this.#options.rpc.batch(calls));
    for (const [index, transaction] of transactions.entries()) {
      const receipt = receipts[index];
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

/**
 * What a node's answer to a transaction means. Nodes word it differently; only a plain answer of the node itself is a
 * refusal, for what was lost on the way may have arrived. `outbid`: refused, as another of its nonce waits at a price too
 * near.
 */
function fateOf(answer: unknown): "taken" | "unknown" | "outbid" | "refused" {
  if (!(answer instanceof Error)) return "taken";
  if (!(answer instanceof RpcError && answer.answered)) return "unknown";
  const { message } = answer;
  if (/already ?(known|imported)|known transaction/i.test(message)) return "taken";
  if (/nonce (is )?too low|old ?nonce|nonce .*already|time.?out|timed out/i.test(message)) return "unknown";
  return /replac|underpriced/i.test(message) ? "outbid" : "refused";
}

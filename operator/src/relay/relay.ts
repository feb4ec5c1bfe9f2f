// The durable way of a reading onto the chain: queue, batches, retries.
import { slotOf } from "@gridx/contracts";
import pRetry from "p-retry";
import type { Hex } from "viem";
import { confirmationsOf, type Depth, settledHeight } from "../chain/confirmations.ts";
import { BITMAP_SLOTS } from "../chain/contract.ts";
import { latestBlock } from "../chain/rpc.ts";
import type { QueuedReading, ReadingQueue } from "./queue.ts";
import { recordRejected } from "./rejected.ts";
import { type Submission, Submitter, type SubmitterOptions } from "./submitter.ts";

/** Most readings of a batch: about 2.6 million gas. */
export const BATCH = 100;
/** Attempts in a row; then the readings wait for the next turn. */
const ATTEMPTS = 3;

export interface RelayOptions extends SubmitterOptions {
  queue: ReadingQueue;
  /** Folder where refused readings are recorded. */
  folder: string;
  /** Slots to hold a reading back after its own has ended. */
  delaySlots?: number;
  /** Milliseconds before the second attempt; the third waits twice as long, each stretched by up to as much again. */
  backoff?: number;
  /**
   * When what a transaction did counts as settled; until then its readings stay in the queue, and are sent again if a
   * reorganisation drops it.
   */
  confirmations?: Depth;
  /** A transaction has settled readings. */
  onSubmission?: (submission: Submission) => void;
  /** A transaction that had been mined is off the chain. */
  onVanished?: (hash: Hex) => void;
  onFailure?: (error: Error, attempt: number) => void;
}

export interface Drained {
  attested: number;
  again: number;
  rejected: number;
  /** Why it stopped before all that was due was settled. */
  failure: Error | null;
}

/**
 * By slot, and of each meter no more than the slots that can land in any order: whoever copies the newest reading out of a
 * batch and lands it first would otherwise close off the older ones for good.
 */
export function inSpans(readings: readonly QueuedReading[]): QueuedReading[] {
  const oldest = new Map<string, number>();
  for (const { meter, slot } of readings) oldest.set(meter, Math.min(slot, oldest.get(meter) ?? slot));
  return readings
    .filter(({ meter, slot }) => slot - (oldest.get(meter) ?? slot) < BITMAP_SLOTS)
    .sort((a, b) => a.slot - b.slot || a.seq - b.seq);
}

export class Relay {
  readonly #options: RelayOptions;
  readonly #submitter: Submitter;
  readonly #confirmations: Depth;
  /** Mined, but not deep enough; in order. */
  #shallow: Submission[] = [];

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#confirmations = confirmationsOf(options.deployment, options.confirmations);
    this.#submitter = new Submitter(options);
  }

  /** Transactions that are not deep enough in the chain yet. */
  get unconfirmed(): number {
    return this.#shallow.length;
  }

  /** Submits what is due, in order, until nothing is left or three attempts in a row have failed. Never throws. */
  async drain(): Promise<Drained> {
    const result: Drained = { attested: 0, again: 0, rejected: 0, failure: null };
    try {
      await this.#persist(() => this.#confirm(result));
      // Readings that the chain called too early wait for the next turn.
      const early = new Set<number>();
      for (;;) {
        let submitted = 0;
        await this.#persist(async () => {
          const batch = await this.#due(early);
          submitted = batch.length;
          if (submitted === 0) return;
          const submission = await this.#submitter.submit(batch);
          for (const { kind, reading } of submission.outcomes) if (kind === "early") early.add(reading.seq);
          const settled = { ...submission, outcomes: submission.outcomes.filter(({ kind }) => kind !== "early") };
          if (this.#confirmations === 1) this.#settle(settled, result);
          else if (settled.outcomes.length > 0) this.#shallow.push(settled);
        });
        if (submitted === 0) return result;
      }
    } catch (error) {
      return { ...result, failure: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  #persist(attempt: () => Promise<void>): Promise<void> {
    const { onFailure, signal, backoff = 500 } = this.#options;
    return pRetry(attempt, {
      retries: ATTEMPTS - 1,
      factor: 2,
      minTimeout: backoff,
      randomize: true,
      signal,
      onFailedAttempt: ({ error, attemptNumber }) => onFailure?.(error, attemptNumber),
    });
  }

  /** Settles what has become deep enough, by what the chain says then, and gives up what has vanished. */
  async #confirm(result: Drained): Promise<void> {
    if (this.#shallow.length === 0) return;
    const height = await settledHeight(this.#options.rpc, this.#confirmations);
    for (const mined of [...this.#shallow]) {
      const now = await this.#submitter.review(mined, height);
      if (now === "shallow") continue;
      const waiting = new Set(mined.outcomes.map(({ reading }) => reading.seq));
      this.#shallow = this.#shallow.filter((other) => other !== mined);
      if (now === "vanished") this.#options.onVanished?.(mined.receipt.transactionHash);
      else this.#settle({ ...now, outcomes: now.outcomes.filter(({ reading }) => waiting.has(reading.seq)) }, result);
    }
  }

  async #due(early: ReadonlySet<number>): Promise<QueuedReading[]> {
    const { queue, rpc, deployment, delaySlots = 0 } = this.#options;
    if (queue.size === 0) return [];
    const { timestamp } = await latestBlock(rpc);
    const current = slotOf(timestamp, deployment.slotDuration);
    const mined = new Set(this.#shallow.flatMap(({ outcomes }) => outcomes.map(({ reading }) => reading.seq)));
    const due = queue.pending.filter(
      ({ slot, seq }) => slot + delaySlots < current && !early.has(seq) && !mined.has(seq),
    );
    return inSpans(due).slice(0, BATCH);
  }

  /** A reading leaves the queue only for the chain or for the file of those that were refused. */
  #settle(submission: Submission, result: Drained): void {
    const { queue, folder, onSubmission } = this.#options;
    const settled: number[] = [];
    for (const outcome of submission.outcomes) {
      if (outcome.kind === "early") continue;
      settled.push(outcome.reading.seq);
      if (outcome.kind === "rejected") {
        result.rejected += 1;
        recordRejected(folder, [{ reason: outcome.reason, ...outcome.reading }]);
      } else if (outcome.again) result.again += 1;
      else result.attested += 1;
    }
    queue.done(settled);
    onSubmission?.(submission);
  }
}

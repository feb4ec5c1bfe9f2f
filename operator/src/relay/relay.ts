// The durable way of a reading onto the chain: queue, batches, retries.
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { slotOf } from "@gridx/contracts";
import pRetry from "p-retry";
import { latestBlock } from "../chain/rpc.ts";
import type { QueuedReading, ReadingQueue } from "./queue.ts";
import { type Outcome, type Submission, Submitter, type SubmitterOptions } from "./submitter.ts";

/** Most readings of a batch: about 2.6 million gas. */
const BATCH = 100;
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
  onSubmission?: (submission: Submission) => void;
  onFailure?: (error: Error, attempt: number) => void;
}

export interface Drained {
  attested: number;
  again: number;
  rejected: number;
  /** Why it stopped before all that was due was settled. */
  failure: Error | null;
}

export class Relay {
  readonly #options: RelayOptions;
  readonly #submitter: Submitter;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#submitter = new Submitter(options);
  }

  /** Submits what is due, in order, until nothing is left or three attempts in a row have failed. Never throws. */
  async drain(): Promise<Drained> {
    const result: Drained = { attested: 0, again: 0, rejected: 0, failure: null };
    const { onFailure, signal, backoff = 500 } = this.#options;
    try {
      // Readings that the chain called too early wait for the next turn.
      const early = new Set<number>();
      for (;;) {
        let submitted = 0;
        await pRetry(
          async () => {
            const batch = await this.#due(early);
            submitted = batch.length;
            if (submitted === 0) return;
            const submission = await this.#submitter.submit(batch);
            this.#settle(submission.outcomes, result, early);
            this.#options.onSubmission?.(submission);
          },
          {
            retries: ATTEMPTS - 1,
            factor: 2,
            minTimeout: backoff,
            randomize: true,
            signal,
            onFailedAttempt: ({ error, attemptNumber }) => onFailure?.(error, attemptNumber),
          },
        );
        if (submitted === 0) return result;
      }
    } catch (error) {
      return { ...result, failure: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  async #due(early: ReadonlySet<number>): Promise<QueuedReading[]> {
    const { queue, rpc, deployment, delaySlots = 0 } = this.#options;
    if (queue.size === 0) return [];
    const { timestamp } = await latestBlock(rpc);
    const current = slotOf(timestamp, deployment.slotDuration);
    const due = queue.pending.filter(({ slot, seq }) => slot + delaySlots < current && !early.has(seq));
    return due.slice(0, BATCH);
  }

  #settle(outcomes: readonly Outcome[], result: Drained, early: Set<number>): void {
    const settled: number[] = [];
    for (const outcome of outcomes) {
      if (outcome.kind === "early") {
        early.add(outcome.reading.seq);
        continue;
      }
      settled.push(outcome.reading.seq);
      if (outcome.kind === "rejected") {
        result.rejected += 1;
        this.#record(outcome);
      } else if (outcome.again) result.again += 1;
      else result.attested += 1;
    }
    this.#options.queue.done(settled);
  }

  /** A reading leaves the queue only for the chain or for this file. */
  #record({ reading, reason }: Extract<Outcome, { kind: "rejected" }>): void {
    const { meter, slot, exportWh, signature } = reading;
    const line = JSON.stringify({ reason, meter, slot, exportWh: exportWh.toString(), signature });
    appendFileSync(join(this.#options.folder, "rejected.jsonl"), `${line}\n`, { flush: true });
  }
}

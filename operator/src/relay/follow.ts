// `relay`: reads meters' CSV files, signs where it holds the key, and sees every reading onto the chain.
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Deployment } from "@gridx/contracts";
import type { LocalAccount } from "viem";
import { type Depth, LOCAL_CHAIN } from "../chain/confirmations.ts";
import { BITMAP_SLOTS } from "../chain/contract.ts";
import { Journal } from "../chain/journal.ts";
import { createPool } from "../chain/quorum.ts";
import { runOf } from "../chain/run.ts";
import type { SenderEvent } from "../chain/transactions.ts";
import type { ChainConfig } from "../config.ts";
import { FileFeed } from "../readings/file-feed.ts";
import { collect } from "./collect.ts";
import { readMeters } from "./meters.ts";
import { planReadings } from "./plan.ts";
import { ReadingQueue } from "./queue.ts";
import { type Drained, Relay } from "./relay.ts";
import { CsvSource } from "./source.ts";

export type RelayEvent =
  | { event: "queued"; house: string; readings: number; skipped: number }
  | { event: "metered"; accepted: number; corrected: number; rejected: number }
  | { event: "submitted"; attested: number; again: number; rejected: number; queued: number }
  /** Dry run: a transaction that would be sent, and what a node says to it. */
  | {
      event: "planned";
      /** Readings in it, of the slots from the first to the last. */
      readings: number;
      fromSlot: number;
      toSlot: number;
      /** Of them the contract would take so many; null where it refuses the whole call. */
      attested: number | null;
      gas: bigint | null;
      /** The gas at the present price, in the chain's own money, base units. */
      costWei: bigint | null;
      refusal: string | null;
    }
  | { event: "warning"; message: string };

export interface FollowOptions {
  deployment: Deployment;
  chain: Pick<ChainConfig, "rpcUrls" | "quorum"> & Partial<ChainConfig>;
  /** Folder with a file `<house>.csv` of each house. */
  folder: string;
  /** JSON file with the meters' keys. */
  meters: string;
  account: LocalAccount;
  stateDir: string;
  /** Forecast service that gets production and consumption too, signed by the same meters. */
  forecastUrl?: string;
  /** Stop when everything that is due has been settled. */
  once?: boolean;
  /** Slots to hold readings back, so that the chain tells less about who is at home now. */
  slotsDelay?: number;
  /** When what a transaction did counts as settled, and its readings leave the queue. */
  confirmations?: Depth;
  /** Milliseconds between looks at the files. */
  pollInterval?: number;
  backoff?: number;
  /** Tell what would be sent, and send and keep nothing. */
  dryRun?: boolean;
  observe?: (event: SenderEvent) => void;
  emit: (event: RelayEvent) => void;
  signal: AbortSignal;
}

const LONGEST_REST = 60_000;

/** Runs until the signal (or, `once`, until nothing is due); true if nothing that was due is left. */
export async function followMeters(options: FollowOptions): Promise<boolean> {
  const { deployment, folder, stateDir, slotsDelay = 0, emit, signal, pollInterval = 2_000 } = options;
  if (slotsDelay > BITMAP_SLOTS - 2) throw new Error(`readings can be held back at most ${BITMAP_SLOTS - 2} slots`);
  const { chain, account, dryRun } = options;
  const meters = readMeters(options.meters, { isLocal: deployment.chainId === LOCAL_CHAIN });
  const warn = (message: string) => emit({ event: "warning", message });
  const rpc = createPool(chain.rpcUrls, { quorum: chain.quorum, signal, onDissent: warn });
  if (dryRun) return planReadings({ ...options, rpc, meters });
  const runDir = join(stateDir, await runOf(rpc, deployment));
  const queue = new ReadingQueue(runDir);
  let journal: Journal | undefined;
  try {
    journal = new Journal(runDir, account.address);
    const relay = new Relay({
      queue,
      folder: stateDir,
      rpc,
      account,
      journal,
      fees: chain.fees,
      bumpAfter: chain.bumpAfter,
      observe: (event) => {
        if (event.kind === "notice") warn(event.message);
        options.observe?.(event);
      },
      deployment,
      signal,
      delaySlots: slotsDelay,
      confirmations: options.confirmations,
      backoff: options.backoff,
      onVanished: (hash) =>
        emit({ event: "warning", message: `transaction ${hash} is off the chain; its readings are sent again` }),
      onFailure: (error, attempt) => emit({ event: "warning", message: `attempt ${attempt}: ${error.message}` }),
    });
    const sources = [...meters].map(([house, meter]) => ({
      house,
      meter,
      source: new CsvSource(join(folder, `${house}.csv`), deployment.slotDuration),
    }));
    const feed = options.forecastUrl
      ? new FileFeed({ url: options.forecastUrl, deployment, folder, stateDir, meters, emit, signal })
      : null;
    let rest = pollInterval;
    while (!signal.aborted) {
      let unread = false;
      for (const { house, meter, source } of sources) {
        try {
          await collect({ rpc, deployment, queue, folder: stateDir, house, meter, source, emit });
        } catch (error) {
          unread = true;
          source.forget();
          emit({ event: "warning", message: error instanceof Error ? error.message : String(error) });
        }
      }
      const { failure, ...drained } = await relay.drain();
      if (hasNews(drained)) emit({ event: "submitted", ...drained, queued: queue.size });
      if (failure && !signal.aborted) {
        emit({ event: "warning", message: `${queue.size} readings stay in the queue: ${failure.message}` });
      }
      const fed = feed ? await feed.advance() : true;
      if (options.once && !fed) return false;
      if (options.once && (failure || relay.unconfirmed === 0)) return failure === null && !unread;
      rest = failure ? Math.min(LONGEST_REST, rest * 2) : pollInterval;
      await setTimeout(rest, undefined, { signal }).catch(() => {});
    }
    return true;
  } finally {
    journal?.close();
    queue.close();
  }
}

const hasNews = ({ attested, again, rejected }: Omit<Drained, "failure">): boolean => attested + again + rejected > 0;

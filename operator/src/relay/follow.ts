// `relay`: reads meters' CSV files, signs where it holds the key, and sees every reading onto the chain.
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Deployment, signReading } from "@gridx/contracts";
import { type Hex, type LocalAccount, zeroAddress } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { BITMAP_SLOTS, houseSchema, query } from "../chain/contract.ts";
import { createRpc, hex, type Rpc } from "../chain/rpc.ts";
import { FileFeed } from "../readings/file-feed.ts";
import { readMeters } from "./meters.ts";
import { ReadingQueue } from "./queue.ts";
import { recordRejected } from "./rejected.ts";
import { type Drained, Relay } from "./relay.ts";
import { CsvSource } from "./source.ts";

export type RelayEvent =
  | { event: "queued"; house: string; readings: number; skipped: number }
  | { event: "metered"; accepted: number; corrected: number; rejected: number }
  | { event: "submitted"; attested: number; again: number; rejected: number; queued: number }
  | { event: "warning"; message: string };

export interface FollowOptions {
  deployment: Deployment;
  rpcUrl: string;
  /** Folder with a file `<house>.csv` of each house. */
  folder: string;
  /** JSON file with the meters' keys. */
  meters: string;
  operatorKey: Hex;
  stateDir: string;
  /** Forecast service that gets production and consumption too, signed by the same meters. */
  forecastUrl?: string;
  /** Stop when everything that is due has been settled. */
  once?: boolean;
  /** Slots to hold readings back, so that the chain tells less about who is at home now. */
  slotsDelay?: number;
  /** Blocks, its own included, after which a reading leaves the queue. */
  confirmations?: number;
  /** Milliseconds between looks at the files. */
  pollInterval?: number;
  backoff?: number;
  emit: (event: RelayEvent) => void;
  signal: AbortSignal;
}

const LONGEST_REST = 60_000;

/** Runs until the signal (or, `once`, until nothing is due); true if nothing that was due is left. */
export async function followMeters(options: FollowOptions): Promise<boolean> {
  const { deployment, folder, stateDir, slotsDelay = 0, emit, signal, pollInterval = 2_000 } = options;
  if (slotsDelay > BITMAP_SLOTS - 2) throw new Error(`readings can be held back at most ${BITMAP_SLOTS - 2} slots`);
  const meters = readMeters(options.meters);
  const rpc = createRpc(options.rpcUrl, { signal });
  const queue = new ReadingQueue(join(stateDir, await runOf(rpc, deployment)));
  try {
    const relay = new Relay({
      queue,
      folder: stateDir,
      rpc,
      account: privateKeyToAccount(options.operatorKey),
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
    queue.close();
  }
}

const hasNews = ({ attested, again, rejected }: Omit<Drained, "failure">): boolean => attested + again + rejected > 0;

/** A contract of a local chain may stand where another run's stood; a public one stands alone. */
async function runOf(rpc: Rpc, { chainId, address, runId, startBlock }: Deployment): Promise<string> {
  if (runId !== undefined) return `run-${runId}`;
  if (chainId !== 31337) return `${chainId}-${address.toLowerCase()}`;
  const block = z.object({ hash: z.string() }).parse(await rpc.call("eth_getBlockByNumber", hex(startBlock), false));
  return `${chainId}-${block.hash.slice(2, 14)}`;
}

interface Collection {
  rpc: Rpc;
  deployment: Deployment;
  queue: ReadingQueue;
  /** Folder where readings that cannot be attested are recorded. */
  folder: string;
  house: string;
  meter: LocalAccount;
  source: CsvSource;
  emit: FollowOptions["emit"];
}

/** Signs what a house's file has gained and queues it together with the place up to which it was read. */
async function collect({ rpc, deployment, queue, folder, house, meter, source, emit }: Collection): Promise<void> {
  const cursor = queue.cursors[house] ?? 0;
  const news = source.readAfter(cursor);
  if (!news) return;
  const question = { name: "houseOf", args: [meter.address] };
  const [answer] = await query(rpc, deployment, "latest", [question]);
  const { owner, newestSlot } = houseSchema.parse(answer);
  if (owner === zeroAddress) throw new Error(`${house}: meter ${meter.address} is not registered; its readings wait`);
  for (const message of news.problems) emit({ event: "warning", message });
  const possible = news.readings.filter(({ slot }) => slot > newestSlot - BITMAP_SLOTS);
  const tooOld = news.readings.filter(({ slot }) => slot <= newestSlot - BITMAP_SLOTS);
  // Before the cursor passes them: a crash in between records them twice rather than never.
  recordRejected(
    folder,
    tooOld.map(({ slot, exportWh }) => ({ reason: "SlotTooOld", meter: meter.address, slot, exportWh })),
  );
  const signed = [];
  for (const reading of possible) {
    const { slot, exportWh } = reading;
    signed.push({ ...(await signReading(meter, deployment, { slot, exportWh })), meter: meter.address });
  }
  queue.put(signed, { [house]: news.cursor });
  emit({ event: "queued", house, readings: signed.length, skipped: tooOld.length });
}

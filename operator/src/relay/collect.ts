import { type Deployment, signReading } from "@gridx/contracts";
import { type LocalAccount, zeroAddress } from "viem";
import { BITMAP_SLOTS, houseSchema, query } from "../chain/contract.ts";
import type { Rpc } from "../chain/rpc.ts";
import type { FollowOptions } from "./follow.ts";
import type { ReadingQueue } from "./queue.ts";
import { recordRejected } from "./rejected.ts";
import type { CsvSource } from "./source.ts";

export interface Collection {
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
export async function collect({
  rpc,
  deployment,
  queue,
  folder,
  house,
  meter,
  source,
  emit,
}: Collection): Promise<void> {
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

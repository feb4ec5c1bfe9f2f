// The dry run of `relay`: what would be signed and sent, tried by a node, with nothing sent and nothing kept.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gridxAbi, slotOf } from "@gridx/contracts";
import { type Address, decodeFunctionResult, encodeFunctionData, type Hex, type LocalAccount } from "viem";
import { z } from "zod";
import { gasMarket } from "../chain/fees.ts";
import { latestBlock, type Rpc } from "../chain/rpc.ts";
import { runOf } from "../chain/run.ts";
import { collect } from "./collect.ts";
import type { FollowOptions } from "./follow.ts";
import { type QueuedReading, ReadingQueue } from "./queue.ts";
import { BATCH, inSpans } from "./relay.ts";
import { CsvSource } from "./source.ts";

export interface Planning
  extends Pick<FollowOptions, "deployment" | "folder" | "stateDir" | "slotsDelay" | "account" | "emit"> {
  rpc: Rpc;
  meters: ReadonlyMap<string, LocalAccount>;
}

/** True if everything that is due could be sent now. */
export async function planReadings(options: Planning): Promise<boolean> {
  const { rpc, deployment, stateDir, meters, folder, emit, slotsDelay = 0 } = options;
  const scratch = mkdtempSync(join(tmpdir(), "gridx-dry-run-"));
  // A copy, so that a relay that runs keeps its queue to itself.
  const kept = join(stateDir, await runOf(rpc, deployment), "readings.jsonl");
  if (existsSync(kept)) {
    mkdirSync(scratch, { recursive: true });
    copyFileSync(kept, join(scratch, "readings.jsonl"));
  }
  const queue = new ReadingQueue(scratch);
  try {
    let isWhole = true;
    for (const [house, meter] of meters) {
      const source = new CsvSource(join(folder, `${house}.csv`), deployment.slotDuration);
      try {
        await collect({ rpc, deployment, queue, folder: scratch, house, meter, source, emit });
      } catch (error) {
        isWhole = false;
        emit({ event: "warning", message: error instanceof Error ? error.message : String(error) });
      }
    }
    const { timestamp } = await latestBlock(rpc);
    const current = slotOf(timestamp, deployment.slotDuration);
    let due = queue.pending.filter(({ slot }) => slot + slotsDelay < current);
    while (due.length > 0) {
      const batch = inSpans(due).slice(0, BATCH);
      const planned = await rehearsed(options, batch);
      emit(planned);
      if (planned.refusal !== null) isWhole = false;
      const done = new Set(batch.map(({ seq }) => seq));
      due = due.filter(({ seq }) => !done.has(seq));
    }
    return isWhole;
  } finally {
    queue.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Each call is tried on the chain as it is, without those before it. */
async function rehearsed(
  { rpc, deployment, account }: Pick<Planning, "rpc" | "deployment"> & { account: { address: Address } },
  batch: readonly QueuedReading[],
) {
  const args = [batch] as const;
  const data = encodeFunctionData({ abi: gridxAbi, functionName: "attestReadings", args });
  const call = { from: account.address, to: deployment.address, data };
  const [said, estimate] = await rpc.settle([
    { method: "eth_call", params: [call, "latest"] },
    { method: "eth_estimateGas", params: [call, "latest"] },
  ]);
  const slots = batch.map(({ slot }) => slot);
  const what = { readings: batch.length, fromSlot: Math.min(...slots), toSlot: Math.max(...slots) };
  const failed = [said, estimate].find((answer) => answer instanceof Error);
  if (failed instanceof Error) {
    return { event: "planned" as const, ...what, attested: null, gas: null, costWei: null, refusal: failed.message };
  }
  const { baseFee, tip } = await gasMarket(rpc);
  const gas = BigInt(z.string().parse(estimate));
  const answer = z.string().transform((text) => text as Hex);
  const attested = Number(
    decodeFunctionResult({ abi: gridxAbi, functionName: "attestReadings", data: answer.parse(said) }),
  );
  return { event: "planned" as const, ...what, attested, gas, costWei: gas * (baseFee + tip), refusal: null };
}

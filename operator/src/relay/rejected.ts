import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { Address, Hex } from "viem";
import type { RejectionReason } from "./submitter.ts";

export interface Rejection {
  reason: RejectionReason;
  meter: Address;
  slot: number;
  exportWh: bigint;
  /** Absent where it was known before that the contract would refuse. */
  signature?: Hex;
}

/** Records readings that no chain will hold: a reading ends on the chain or here. */
export function recordRejected(folder: string, rejections: readonly Rejection[]): void {
  if (rejections.length === 0) return;
  const lines = rejections.map(({ reason, meter, slot, exportWh, signature }) =>
    JSON.stringify({ reason, meter, slot, exportWh: exportWh.toString(), signature }),
  );
  appendFileSync(join(folder, "rejected.jsonl"), `${lines.join("\n")}\n`, { flush: true });
}

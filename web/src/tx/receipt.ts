// Waits for a transaction to be mined, through whatever fails while reading.
import type { Hex, PublicClient } from "viem";
import type { Mined } from "./run.ts";

export interface Patience {
  /** How long in all. */
  totalMs: number;
  /** Between one failure and the next attempt. */
  pauseMs: number;
}

const PATIENT: Patience = { totalMs: 300_000, pauseMs: 2_000 };

/** The transaction was sent: that it can't be read is no reason to stop looking. Throws the last failure in the end. */
export async function waitUntilMined(
  reader: Pick<PublicClient, "waitForTransactionReceipt">,
  hash: Hex,
  { totalMs, pauseMs }: Patience = PATIENT,
): Promise<Mined> {
  const deadline = Date.now() + totalMs;
  for (;;) {
    let replacement: Mined["replacement"];
    try {
      const receipt = await reader.waitForTransactionReceipt({
        hash,
        timeout: Math.max(1, deadline - Date.now()),
        onReplaced: ({ reason }) => {
          replacement = reason;
        },
      });
      return { hash: receipt.transactionHash, status: receipt.status, replacement };
    } catch (cause) {
      if (Date.now() + pauseMs >= deadline) throw cause;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

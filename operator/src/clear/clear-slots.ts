// `clear`: clears each ended slot once its readings are in, until the signal.
import { setTimeout } from "node:timers/promises";
import type { Deployment } from "@gridx/contracts";
import type { Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { createRpc } from "../chain/rpc.ts";
import { Clearer, type ClearerOptions } from "./clearer.ts";

export interface ClearSlotsOptions extends Omit<ClearerOptions, "rpc" | "account" | "signal"> {
  deployment: Deployment;
  rpcUrl: string;
  operatorKey: Hex;
  /** Stop when all slots that are due have been dealt with. */
  once?: boolean;
  /** Milliseconds between looks at the chain. */
  restInterval?: number;
  signal: AbortSignal;
}

const LONGEST_REST = 60_000;

/** True if nothing that was due is left; `once`, it gives up after a turn that failed. */
export async function clearSlots(options: ClearSlotsOptions): Promise<boolean> {
  const { rpcUrl, operatorKey, once, restInterval = 2_000, signal, emit } = options;
  const rpc = createRpc(rpcUrl, { signal });
  const clearer = new Clearer({ ...options, rpc, account: privateKeyToAccount(operatorKey) });
  let rest = restInterval;
  while (!signal.aborted) {
    try {
      const done = await clearer.turn();
      if (once && done) return true;
      rest = restInterval;
    } catch (error) {
      if (signal.aborted) break;
      emit({ event: "warning", message: error instanceof Error ? error.message : String(error) });
      if (once) return false;
      rest = Math.min(LONGEST_REST, rest * 2);
    }
    await setTimeout(rest, undefined, { signal }).catch(() => {});
  }
  return true;
}

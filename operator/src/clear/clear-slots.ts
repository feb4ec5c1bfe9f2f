// `clear`: clears each ended slot once its readings are in, until the signal.
import { setTimeout } from "node:timers/promises";
import type { Deployment } from "@gridx/contracts";
import type { Hex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { createRpc } from "../chain/rpc.ts";
import { Clearer, type ClearerOptions } from "./clearer.ts";
import { Misconfigured, preflight } from "./preflight.ts";

export interface ClearSlotsOptions extends Omit<ClearerOptions, "rpc" | "account" | "signal"> {
  deployment: Deployment;
  rpcUrl: string;
  /** Not needed for a dry run. */
  operatorKey?: Hex | undefined;
  /** Stop when all slots that are due have been dealt with. */
  once?: boolean;
  signal: AbortSignal;
}

const LONGEST_REST = 60_000;

/**
 * True if nothing that was due is left, or it was told to end; `once`, it gives up after a turn that failed. Throws where
 * somebody has to put something right first.
 */
export async function clearSlots(options: ClearSlotsOptions): Promise<boolean> {
  const { deployment, rpcUrl, operatorKey, dryRun, grace, once, restInterval = 2_000, signal, emit } = options;
  if (!operatorKey && !dryRun) throw new Misconfigured("clearing needs the operator's key; without it only a dry run");
  const rpc = createRpc(rpcUrl, { signal });
  // A dry run signs nothing: its key is made up and thrown away.
  const account = privateKeyToAccount(operatorKey ?? generatePrivateKey());
  const clearer = new Clearer({ ...options, rpc, account });
  let checked = false;
  let rest = restInterval;
  while (!signal.aborted) {
    try {
      if (!checked) await preflight({ rpc, deployment, operator: dryRun ? null : account.address, grace, emit });
      checked = true;
      const done = await clearer.turn();
      if (once && done) return true;
      rest = restInterval;
    } catch (error) {
      if (signal.aborted) break;
      if (error instanceof Misconfigured) throw error;
      emit({ event: "warning", message: error instanceof Error ? error.message : String(error) });
      if (once) return false;
      rest = Math.min(LONGEST_REST, rest * 2);
    }
    await setTimeout(rest, undefined, { signal }).catch(() => {});
  }
  return !once;
}

// `clear`: clears each ended slot once its readings are in, until the signal.
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Deployment } from "@gridx/contracts";
import type { Address, LocalAccount } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { Journal } from "../chain/journal.ts";
import { createPool } from "../chain/quorum.ts";
import { runOf } from "../chain/run.ts";
import type { ChainConfig } from "../config.ts";
import { Clearer, type ClearerOptions } from "./clearer.ts";
import { Misconfigured, preflight } from "./preflight.ts";

export interface ClearSlotsOptions
  extends Omit<ClearerOptions, "rpc" | "account" | "signal" | "journal" | "fees" | "bumpAfter"> {
  deployment: Deployment;
  chain: Pick<ChainConfig, "rpcUrls" | "quorum"> & Partial<ChainConfig>;
  /** Not needed for a dry run. */
  account?: LocalAccount | undefined;
  /** Folder of what was sent; without it a restart does not know the transactions of the run before. */
  stateDir?: string | undefined;
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
  const { deployment, chain, dryRun, stateDir, grace, once, restInterval = 2_000, signal, emit } = options;
  if (!options.account && !dryRun)
    throw new Misconfigured("clearing needs the operator's key; without it only a dry run");
  const onDissent = (message: string) => emit({ event: "warning", message });
  const rpc = createPool(chain.rpcUrls, { quorum: chain.quorum, signal, onDissent });
  // A dry run signs nothing: its key is made up and thrown away.
  const account = options.account ?? privateKeyToAccount(generatePrivateKey());
  const rehearseAs: Address | undefined = options.account?.address ?? options.rehearseAs;
  const { fees, bumpAfter } = chain;
  let journal: Journal | undefined;
  let clearer: Clearer | null = null;
  let rest = restInterval;
  try {
    while (!signal.aborted) {
      try {
        if (!clearer) {
          await preflight({ rpc, deployment, operator: dryRun ? null : account.address, grace, emit });
          const folder = stateDir === undefined || dryRun ? null : join(stateDir, await runOf(rpc, deployment));
          if (folder) journal = openJournal(folder, account.address);
          clearer = new Clearer({ ...options, rpc, account, journal, fees, bumpAfter, rehearseAs });
        }
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
  } finally {
    journal?.close();
  }
}

function openJournal(folder: string, address: Address): Journal {
  try {
    return new Journal(folder, address);
  } catch (cause) {
    throw new Misconfigured(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

// The flow's ports on wagmi, the RPC and the indexer.
import type { IndexedTransaction } from "@gridx/indexer/client";
import type { Abi, Address, Hex } from "viem";
import type { Config } from "wagmi";
import {
  getAccount,
  getCapabilities,
  sendCalls,
  signTypedData,
  simulateContract,
  switchChain,
  waitForCallsStatus,
  writeContract,
} from "wagmi/actions";
import { readerOf } from "../chain/reader.ts";
import type { Site } from "../config/loadSite.ts";
import { RestartedError } from "../config/run.ts";
import { t } from "../i18n/t.ts";
import { explain, isNotSupported, PlanError } from "./explain.ts";
import type { Call } from "./flow.ts";
import { waitUntilMined } from "./receipt.ts";
import { type Mined, NotSupported, type Ports } from "./run.ts";
import { verifyPurchase } from "./verifyPurchase.ts";

const POLL_MS = 400;
const LAG_MS = 6_000;
/** A late indexer is asked less often: it allows a caller so many of these questions a minute. */
const LAGGING_POLL_MS = 3_000;
const GIVE_UP_MS = 45_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export interface PortsContext {
  site: Site;
  config: Config;
  /** The chain's time, Unix seconds, as far as it is known. */
  now(): number;
}

export function createPorts({ site, config, now }: PortsContext): Ports {
  const { chain, deployment, format } = site;
  const reader = readerOf(site);
  const typed = (call: Call) => ({ ...call, abi: call.abi as Abi, chainId: chain.id });
  const sameRun = async () => {
    if (!(await site.run.stillOn())) throw new PlanError(new RestartedError().message);
  };
  return {
    async account() {
      await sameRun();
      const { address, chainId } = getAccount(config);
      if (!address) throw new PlanError(t("tx.run.connect"));
      if (chainId !== chain.id) await switchChain(config, { chainId: chain.id });
      return address;
    },
    async simulate(call, account) {
      await simulateContract(config, { ...typed(call), account });
    },
    async sign(call, account) {
      await sameRun();
      return writeContract(config, { ...typed(call), account });
    },
    means: async (account) => ({ permit: true, batch: await canBatch(config, account, chain.id) }),
    async signPermit({ domain, types, primaryType, message }, account) {
      await sameRun();
      try {
        return await signTypedData(config, { account, domain, types, primaryType, message });
      } catch (cause) {
        throw isNotSupported(cause) ? new NotSupported("permit", cause) : cause;
      }
    },
    async sendBatch(calls, account) {
      await sameRun();
      try {
        const parts = calls.map((call) => ({ ...call, to: call.address, abi: call.abi as Abi }));
        const { id } = await sendCalls(config, { account, chainId: chain.id, calls: parts, forceAtomic: true });
        return id;
      } catch (cause) {
        throw isNotSupported(cause) ? new NotSupported("batch", cause) : cause;
      }
    },
    batchMined: (id) => batchMined(config, id),
    mined: (hash) => waitUntilMined(reader, hash),
    indexed: (hash, onLag) => untilIndexed(site, hash, onLag),
    verify: (hash, buyer) => verifyPurchase({ reader, indexer: site.indexer, deployment }, hash, buyer),
    explain: (cause, phase) => explain(cause, { format, now: now() }, chain.nativeCurrency.symbol, phase),
  };
}

/** Not every wallet answers what it does not know. */
const CAPABILITIES_MS = 1_500;

/**
 * Whether the wallet carries out several calls as one. Only where it does already: one that is `ready` would first
 * have the account made a smart one, which is more than somebody who buys energy has asked for.
 */
async function canBatch(config: Config, account: Address, chainId: number): Promise<boolean> {
  const late = pause(CAPABILITIES_MS).then(() => null);
  const answer = await Promise.race([getCapabilities(config, { account, chainId }).catch(() => null), late]);
  const atomic: unknown = answer && "atomic" in answer ? answer.atomic : null;
  return typeof atomic === "object" && atomic !== null && "status" in atomic && atomic.status === "supported";
}

const BATCH_MS = 300_000;

async function batchMined(config: Config, id: string): Promise<Mined> {
  const { status, receipts } = await waitForCallsStatus(config, { id, timeout: BATCH_MS, pollingInterval: POLL_MS });
  const last = receipts?.at(-1);
  // A wallet that names no transaction has not said that it carried out none.
  if (!last && status === "success") throw new Error(`the wallet names no transaction of batch ${id}`);
  if (!last) throw new PlanError(t("tx.run.batchFailed"));
  return { hash: last.transactionHash, status: status === "success" ? "success" : "reverted" };
}

/** Asks until the indexer shows the transaction; says when it takes longer than it should. */
async function untilIndexed({ indexer }: Site, hash: Hex, onLag: () => void): Promise<boolean> {
  const started = Date.now();
  let lagged = false;
  for (;;) {
    const answer: IndexedTransaction | null = await indexer.transaction(hash).catch(() => null);
    if (answer?.status === "indexed") return true;
    const waited = Date.now() - started;
    if (waited > GIVE_UP_MS) return false;
    if (waited > LAG_MS && !lagged) {
      lagged = true;
      onLag();
    }
    await pause(lagged ? LAGGING_POLL_MS : POLL_MS);
  }
}

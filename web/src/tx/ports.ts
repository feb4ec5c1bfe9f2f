// The flow's ports on wagmi, the RPC and the indexer.
import type { IndexedTransaction } from "@gridx/indexer/client";
import type { Abi, Hex } from "viem";
import type { Config } from "wagmi";
import { getAccount, simulateContract, switchChain, writeContract } from "wagmi/actions";
import { readerOf } from "../chain/reader.ts";
import type { Site } from "../config/loadSite.ts";
import { RestartedError } from "../config/run.ts";
import { t } from "../i18n/t.ts";
import { explain, PlanError } from "./explain.ts";
import type { Call } from "./flow.ts";
import { waitUntilMined } from "./receipt.ts";
import type { Ports } from "./run.ts";
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
    mined: (hash) => waitUntilMined(reader, hash),
    indexed: (hash, onLag) => untilIndexed(site, hash, onLag),
    verify: (hash, buyer) => verifyPurchase({ reader, indexer: site.indexer, deployment }, hash, buyer),
    explain: (cause, phase) => explain(cause, { format, now: now() }, chain.nativeCurrency.symbol, phase),
  };
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

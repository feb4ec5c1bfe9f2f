// The flow's ports on wagmi, the RPC and the indexer.
import type { IndexedTransaction } from "@gridx/indexer/client";
import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Abi, Hex } from "viem";
import { useConfig } from "wagmi";
import { getAccount, simulateContract, switchChain, writeContract } from "wagmi/actions";
import { verifyTrade } from "../chain/verifyTrade.ts";
import type { Site } from "../config/loadSite.ts";
import { useSite } from "../config/SiteContext.ts";
import { type ChainBlock, useReader } from "../data/chain.ts";
import { keys } from "../data/keys.ts";
import { explain, PlanError } from "./explain.ts";
import type { Call } from "./flow.ts";
import type { Mined, Ports } from "./run.ts";

const POLL_MS = 400;
const LAG_MS = 6_000;
const GIVE_UP_MS = 45_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export function usePorts(): Ports {
  const config = useConfig();
  const site = useSite();
  const reader = useReader();
  const queries = useQueryClient();
  return useMemo((): Ports => {
    const { chain, deployment, format } = site;
    const typed = (call: Call) => ({ ...call, abi: call.abi as Abi, chainId: chain.id });
    return {
      async account() {
        const { address, chainId } = getAccount(config);
        if (!address) throw new PlanError("Connect a wallet first.");
        if (chainId !== chain.id) await switchChain(config, { chainId: chain.id });
        return address;
      },
      async simulate(call, account) {
        await simulateContract(config, { ...typed(call), account });
      },
      sign: (call, account) => writeContract(config, { ...typed(call), account }),
      async mined(hash): Promise<Mined> {
        let replacement: Mined["replacement"];
        const receipt = await reader.waitForTransactionReceipt({
          hash,
          onReplaced: ({ reason }) => {
            replacement = reason;
          },
        });
        return { hash: receipt.transactionHash, status: receipt.status, replacement };
      },
      indexed: (hash, onLag) => untilIndexed(site, hash, onLag),
      async verify(hash) {
        const { trades } = await site.indexer.transaction(hash);
        const claims = [{ source: "the indexer's transaction", rows: trades }];
        const buyer = getAccount(config).address;
        if (buyer) {
          const { items } = await site.indexer.userTrades(buyer, { limit: 50 });
          const rows = items.filter(
            (row) => row.transactionHash === hash || trades.some((t) => t.tradeId === row.tradeId),
          );
          claims.push({ source: "the indexer's trade list", rows: rows.sort((a, b) => a.logIndex - b.logIndex) });
        }
        return verifyTrade({ reader, deployment, transactionHash: hash, claims });
      },
      explain(cause) {
        const now = queries.getQueryData<ChainBlock>(keys.block)?.timestamp ?? 0;
        return explain(cause, { format, now }, chain.nativeCurrency.symbol);
      },
    };
  }, [config, site, reader, queries]);
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
    await pause(POLL_MS);
  }
}

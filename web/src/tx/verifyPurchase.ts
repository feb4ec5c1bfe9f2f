import type { Deployment } from "@gridx/contracts";
import type { IndexerClient } from "@gridx/indexer/client";
import type { Address, Hex } from "viem";
import type { ChainReader } from "../chain/replayBlock.ts";
import { type Verification, verifyTrade } from "../chain/verifyTrade.ts";
import { t } from "../i18n/t.ts";

export interface PurchaseSources {
  reader: ChainReader;
  indexer: Pick<IndexerClient, "transaction" | "userTrades">;
  deployment: Deployment;
}

const NEWEST = 50;

/** Compares what the indexer says about a purchase, in two places, with the chain. */
export async function verifyPurchase(sources: PurchaseSources, hash: Hex, buyer: Address): Promise<Verification> {
  const { reader, indexer, deployment } = sources;
  const { trades } = await indexer.transaction(hash);
  const { items } = await indexer.userTrades(buyer, { limit: NEWEST });
  const listed = items
    .filter((row) => row.transactionHash === hash || trades.some(({ tradeId }) => tradeId === row.tradeId))
    .sort((a, b) => a.logIndex - b.logIndex);
  const claims = [
    { source: t("tx.verify.source.transaction"), rows: trades },
    { source: t("tx.verify.source.list"), rows: listed },
  ];
  return verifyTrade({ reader, deployment, transactionHash: hash, claims });
}

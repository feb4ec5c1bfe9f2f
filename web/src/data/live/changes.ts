// Which reads are out of date after a block.
import type { BlockEvent, Market, Standing } from "@gridx/indexer/client";
import type { QueryClient } from "@tanstack/react-query";
import type { ChainBlock } from "../../chain/latestBlock.ts";
import { keys } from "../keys.ts";

/** Reads by the table that they come from, as the stream names it. */
const READS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  market: [keys.market],
  lot: [["indexer", "lots"]],
  energyTrade: [
    ["indexer", "trades"],
    ["indexer", "markets"],
    ["indexer", "users"],
  ],
  carbonWallet: [["indexer", "carbon-wallet"], keys.leaderboard],
  carbonTransaction: [["indexer", "carbon-transactions"]],
  account: [["chain", "wallet"]],
  quote: [["chain", "wallet"], keys.bids],
};

const invalidate = (queries: QueryClient, queryKey: readonly string[]) => void queries.invalidateQueries({ queryKey });

/** A message of the stream is news of the chain's clock, too. */
function advance(queries: QueryClient, { blockNumber, blockTimestamp, head }: Standing): void {
  const block: ChainBlock = { number: blockNumber, timestamp: blockTimestamp };
  queries.setQueryData<ChainBlock>(keys.block, (known) => (known && known.number >= block.number ? known : block));
  queries.setQueryData<Market>(keys.market, (known) => known && { ...known, blockNumber, blockTimestamp, head });
}

export function applyStart(queries: QueryClient, standing: Standing): void {
  advance(queries, standing);
  invalidate(queries, keys.indexer);
  invalidate(queries, keys.chain);
}

export function applyBlock(queries: QueryClient, event: BlockEvent): void {
  const read = new Set(event.tables.flatMap((table) => READS[table] ?? []));
  advance(queries, event);
  for (const queryKey of read) invalidate(queries, queryKey);
}

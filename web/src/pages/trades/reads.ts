// Lists of trades that stand still while rows arrive, and one trade.

import type { IndexedTransaction, OneTrade, Trade } from "@gridx/indexer/client";
import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Hex } from "viem";
import { useSite } from "../../config/SiteContext.ts";
import { keys } from "../../data/keys.ts";
import { useLiveInterval } from "../../data/live/LiveContext.tsx";
import { statusOf } from "../../data/queryClient.ts";
import type { TradeQuery } from "./filter.ts";

const PAGE = 50;
/** So many newer rows are counted. */
export const MOST_NEWER = 20;

interface TradePage {
  items: Trade[];
  nextCursor: string | null;
}

/** Pages of a filter, as they were when each was read. Read anew when the page is opened, or by `showNewer`. */
export function useTradeList(filter: TradeQuery | null) {
  const { indexer } = useSite();
  const queries = useQueryClient();
  const queryKey = keys.tradeList(filter);
  const list = useInfiniteQuery({
    queryKey,
    enabled: filter !== null,
    // Rows must not slide away under somebody who reads them.
    staleTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    queryFn: ({ signal, pageParam: cursor }): Promise<TradePage> =>
      indexer.trades({ ...filter, limit: PAGE, cursor }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
  const showNewer = () => {
    // From the top again: the pages after the first begin elsewhere now.
    queries.setQueryData<InfiniteData<TradePage>>(
      queryKey,
      (known) => known && { pages: known.pages.slice(0, 1), pageParams: known.pageParams.slice(0, 1) },
    );
    return list.refetch();
  };
  const rows = list.data?.pages.flatMap(({ items }) => items);
  return { ...list, rows, showNewer };
}

/** How many rows of a filter there are before the first that is shown; undefined while that is not known. */
export function useNewerTrades(filter: TradeQuery | null, rows: readonly Trade[] | undefined): number | undefined {
  const { indexer } = useSite();
  const { data } = useQuery({
    queryKey: keys.newestTrades(filter),
    enabled: filter !== null && rows !== undefined,
    refetchInterval: useLiveInterval(),
    queryFn: ({ signal }) => indexer.trades({ ...filter, limit: MOST_NEWER }, signal),
  });
  if (!data || !rows) return undefined;
  return newerThan(data.items, rows);
}

/** Rows of the newest ones that come before the first of `rows`; all of them where that one is not there. */
export function newerThan(newest: readonly Trade[], rows: readonly Trade[]): number {
  const [first] = rows;
  if (!first) return newest.length;
  // Where the list was read later than the newest ones, nothing is newer.
  return newest.filter(
    ({ blockNumber, logIndex }) =>
      blockNumber > first.blockNumber || (blockNumber === first.blockNumber && logIndex > first.logIndex),
  ).length;
}

/** What is known of an id: a trade's, or a transaction's. */
export type TradeAnswer =
  | { kind: "trade"; trade: OneTrade }
  | { kind: "transaction"; transaction: IndexedTransaction }
  /** The chain holds the trade, the indexer does not show it yet. */
  | { kind: "not-indexed"; blockNumber: bigint; transactionHash: Hex }
  /** Neither has it. `searched` is false where the RPC did not show all of the chain. */
  | { kind: "none"; searched: boolean };

const ASK_AGAIN_MS = 3_000;
const NONE_AGAIN_MS = 15_000;

export function useTrade(id: Hex) {
  const site = useSite();
  const { indexer, deployment } = site;
  return useQuery({
    queryKey: keys.trade(id),
    refetchInterval: ({ state: { data } }: { state: { data: TradeAnswer | undefined } }) => {
      if (data === undefined || data.kind === "trade") return false;
      return data.kind === "none" ? NONE_AGAIN_MS : ASK_AGAIN_MS;
    },
    queryFn: async ({ signal }): Promise<TradeAnswer> => {
      try {
        return { kind: "trade", trade: await indexer.trade(id, signal) };
      } catch (cause) {
        if (statusOf(cause) !== 404) throw cause;
      }
      const transaction = await indexer.transaction(id, signal);
      if (transaction.status !== "unknown") return { kind: "transaction", transaction };
      const [{ findTrade }, { readerOf }] = await Promise.all([
        import("../../chain/findTrade.ts"),
        import("../../chain/reader.ts"),
      ]);
      const found = await findTrade({ reader: readerOf(site), deployment }, id);
      return found === null || found === "unsearched"
        ? { kind: "none", searched: found === null }
        : { kind: "not-indexed", ...found };
    },
  });
}

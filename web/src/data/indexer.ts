// Live reads of the indexer.
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { Address } from "viem";
import { useSite } from "../config/SiteContext.ts";
import { keys } from "./keys.ts";
import { useLiveInterval } from "./live/LiveContext.tsx";

const useLive = () => ({ refetchInterval: useLiveInterval(), placeholderData: keepPreviousData }) as const;
const HISTORY = 20;
const LEADERS = 200;

/** One list of all pages that were read so far. */
const joined = <Row>(data: { pages: readonly { items: readonly Row[] }[] }): Row[] =>
  data.pages.flatMap(({ items }) => items);
const cursors = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page: { nextCursor: string | null }) => page.nextCursor ?? undefined,
};

export function useMarket() {
  const { indexer } = useSite();
  return useQuery({ queryKey: keys.market, queryFn: ({ signal }) => indexer.market(signal), ...useLive() });
}

export function useLots(limit: number) {
  const { indexer } = useSite();
  return useQuery({
    queryKey: keys.lots(limit),
    queryFn: ({ signal }) => indexer.lots({ limit }, signal),
    ...useLive(),
  });
}

export function useCarbonWallet(address: Address | undefined) {
  const { indexer } = useSite();
  return useQuery({
    queryKey: keys.carbonWallet(address),
    enabled: address !== undefined,
    refetchInterval: useLiveInterval(),
    queryFn: ({ signal }) => {
      if (!address) throw new Error("no wallet");
      return indexer.carbonWallet(address, signal);
    },
  });
}

/** What a wallet earned and retired, newest first. */
export function useCarbonTransactions(address: Address | undefined) {
  const { indexer } = useSite();
  return useInfiniteQuery({
    queryKey: keys.carbonTransactions(address),
    enabled: address !== undefined,
    refetchInterval: useLiveInterval(),
    queryFn: ({ signal, pageParam: cursor }) => {
      if (!address) throw new Error("no wallet");
      return indexer.carbonTransactions(address, { limit: HISTORY, cursor }, signal);
    },
    ...cursors,
    select: joined,
  });
}

export function useLeaderboard() {
  const { indexer } = useSite();
  return useInfiniteQuery({
    queryKey: keys.leaderboard,
    queryFn: ({ signal, pageParam: cursor }) => indexer.leaderboard({ limit: LEADERS, cursor }, signal),
    ...cursors,
    select: joined,
    ...useLive(),
  });
}

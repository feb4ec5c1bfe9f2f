// Live reads of the indexer.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Address } from "viem";
import { useSite } from "../config/SiteContext.ts";
import { keys } from "./keys.ts";
import { useLiveInterval } from "./live/LiveContext.tsx";

const useLive = () => ({ refetchInterval: useLiveInterval(), placeholderData: keepPreviousData }) as const;
const HISTORY = 50;
const LEADERS = 200;

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

/** All trades, or a wallet's. */
export function useTrades(user: Address | null, limit: number) {
  const { indexer } = useSite();
  return useQuery({
    queryKey: keys.trades(user, limit),
    queryFn: ({ signal }) => (user ? indexer.userTrades(user, { limit }, signal) : indexer.trades({ limit }, signal)),
    refetchInterval: useLiveInterval(),
    // Another wallet's rows are not mine.
    placeholderData: (previous, query) => (query?.queryKey[2] === user ? previous : undefined),
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

export function useCarbonTransactions(address: Address | undefined) {
  const { indexer } = useSite();
  return useQuery({
    queryKey: keys.carbonTransactions(address),
    enabled: address !== undefined,
    refetchInterval: useLiveInterval(),
    queryFn: ({ signal }) => {
      if (!address) throw new Error("no wallet");
      return indexer.carbonTransactions(address, { limit: HISTORY }, signal);
    },
  });
}

export function useLeaderboard() {
  const { indexer } = useSite();
  return useQuery({
    queryKey: keys.leaderboard,
    queryFn: ({ signal }) => indexer.leaderboard({ limit: LEADERS }, signal),
    ...useLive(),
  });
}

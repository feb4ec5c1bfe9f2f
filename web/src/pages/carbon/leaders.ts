// Who has avoided most, ever or by the energy of some days.
import type { PeriodLeader } from "@gridx/indexer/client";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useSite } from "../../config/SiteContext.ts";
import { useBlock } from "../../data/chain.ts";
import { keys } from "../../data/keys.ts";
import { useLiveInterval } from "../../data/live/LiveContext.tsx";
import { DAY, startOfUtcDay } from "../../figures/days.ts";

/** Days, today among them. */
export const PERIODS = [1, 7, 30, "all"] as const;
export type Period = (typeof PERIODS)[number];

const PAGE = 50;

interface LeaderPage {
  items: PeriodLeader[];
  nextCursor: string | null;
}

export function useLeaders(period: Period) {
  const { indexer } = useSite();
  const { data: block } = useBlock();
  const today = block && startOfUtcDay(block.timestamp);
  const to = period === "all" ? 0 : (today ?? 0) + DAY;
  const from = period === "all" ? 0 : to - period * DAY;
  const leaders = useInfiniteQuery({
    queryKey: keys.leaders(from, to),
    enabled: period === "all" || today !== undefined,
    refetchInterval: useLiveInterval(),
    placeholderData: keepPreviousData,
    queryFn: ({ signal, pageParam: cursor }): Promise<LeaderPage> =>
      period === "all"
        ? indexer.leaderboard({ limit: PAGE, cursor }, signal)
        : indexer.periodLeaders({ from, to, limit: PAGE, cursor }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
  return { ...leaders, rows: leaders.data?.pages.flatMap(({ items }) => items) };
}

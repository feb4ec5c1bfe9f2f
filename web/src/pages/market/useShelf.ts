import { useMemo } from "react";
import { useSite } from "../../config/SiteContext.ts";
import { useBlock } from "../../data/chain.ts";
import { useEmergency } from "../../data/emergency.ts";
import { useLots, useMarket } from "../../data/indexer.ts";
import { sortShelf } from "./shelf.ts";

const MOST = 200;

/** The lots on sale, and how the reading of them goes. */
export function useShelf() {
  const { deployment, config } = useSite();
  const { data: block } = useBlock();
  const { data: market } = useMarket();
  const query = useLots(MOST);
  const { data } = query;
  const now = block?.timestamp ?? market?.blockTimestamp;
  const clockSpeed = config.demo?.clockSpeed ?? 1;
  const tradingWindow = market?.tradingWindow;
  const { slotDuration } = deployment;
  const priceCap = useEmergency()?.priceCap ?? null;
  const lots = useMemo(() => {
    if (!data || now === undefined || tradingWindow === undefined) return undefined;
    return sortShelf(data.items, { now, slotDuration, tradingWindow, clockSpeed, priceCap });
  }, [data, now, tradingWindow, slotDuration, clockSpeed, priceCap]);
  // Cheapest first: where one is above the cap, all that can be bought are there.
  const complete = data ? data.nextCursor === null || (lots?.some((lot) => lot.aboveCap) ?? false) : true;
  return { lots, query, now: now ?? 0, complete };
}
export type Shelf = ReturnType<typeof useShelf>;

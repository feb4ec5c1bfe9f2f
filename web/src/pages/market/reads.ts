// What the market page alone reads.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useSite } from "../../config/SiteContext.ts";
import { keys } from "../../data/keys.ts";
import { useLiveInterval } from "../../data/live/LiveContext.tsx";
import { everyRow } from "../../figures/everyRow.ts";
import { useForecastClient } from "../../forecast/useForecast.ts";

const PAGE = 200;
const MOST_BIDS = 1_000;

/** Standing bids, highest first. */
export function useBids() {
  const { indexer } = useSite();
  return useQuery({
    queryKey: keys.bids,
    refetchInterval: useLiveInterval(),
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => everyRow((cursor) => indexer.bids({ limit: PAGE, cursor }, signal), MOST_BIDS),
  });
}

/** The service keeps a price for a minute, by a clock that may run faster. */
const KEPT_MS = 60_000;
const LEAST_MS = 10_000;

/** What to ask and to bid in the slot that begins next, and how likely it is to come true. */
export function usePriceSuggestion() {
  const { config } = useSite();
  const client = useForecastClient();
  return useQuery({
    queryKey: keys.forecast("price"),
    refetchInterval: Math.max(LEAST_MS, KEPT_MS / (config.demo?.clockSpeed ?? 1)),
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => client.price(undefined, signal),
  });
}

// Long stretches of the market and of the neighbourhood's energy. They are read now and then, not with each block.
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSite } from "../../config/SiteContext.ts";
import { useBlock } from "../../data/chain.ts";
import { useMarket } from "../../data/indexer.ts";
import { keys } from "../../data/keys.ts";
import { DAY, startOfUtcDay } from "../../figures/days.ts";
import { everyRow } from "../../figures/everyRow.ts";
import { useForecastClient } from "../../forecast/useForecast.ts";
import { type Period, startOf, windowsOf } from "./period.ts";

const PAGE = 200;
const MOST = 4_000;
const AGAIN_MS = 60_000;
/** The most that the service tells of the energy at once. */
const ENERGY_DAYS = 62;
const MOST_ENERGY_READS = 12;

const often = { refetchInterval: AGAIN_MS, staleTime: AGAIN_MS / 2, placeholderData: keepPreviousData } as const;

/** The UTC day that runs, by the chain's clock; it changes once a day. */
export function useUtcDay(): number | undefined {
  const { data: block } = useBlock();
  const { data: market } = useMarket();
  const now = block?.timestamp ?? market?.blockTimestamp;
  return now === undefined ? undefined : startOfUtcDay(now);
}

/** Days in which something was traded or cleared, oldest first. */
export function useDays(period: Period, today: number | undefined) {
  const { indexer } = useSite();
  const from = today === undefined ? undefined : period === "all" ? 0 : startOf(period, today, today);
  return useQuery({
    queryKey: keys.history("day", from ?? -1),
    enabled: from !== undefined,
    ...often,
    queryFn: async ({ signal }) => {
      const read = (cursor: string | undefined) => indexer.dayMarkets({ from, limit: PAGE, cursor }, signal);
      const { rows, complete } = await everyRow(read, MOST);
      return { rows: rows.reverse(), complete };
    },
  });
}

/** Slots in which something was traded or cleared, oldest first. */
export function useSlots(period: Period, today: number | undefined, enabled: boolean) {
  const { indexer } = useSite();
  const from = today === undefined ? undefined : startOf(period, today, today);
  return useQuery({
    queryKey: keys.history("slot", from ?? -1),
    enabled: enabled && from !== undefined,
    ...often,
    queryFn: async ({ signal }) => {
      const read = (cursor: string | undefined) => indexer.slotMarkets({ from, limit: PAGE, cursor }, signal);
      const { rows, complete } = await everyRow(read, MOST);
      return { rows: rows.reverse(), complete };
    },
  });
}

/** Measures of the windows since then, one after the other so that the service is not pressed. */
export function useMeasures(from: number | undefined, today: number | undefined) {
  const client = useForecastClient();
  const queries = useQueryClient();
  return useQuery({
    queryKey: keys.forecast("measures", from ?? 0, today ?? 0),
    enabled: from !== undefined && today !== undefined,
    ...often,
    queryFn: async () => {
      const measured = [];
      for (const window of windowsOf(from ?? 0, today ?? 0)) {
        const { days, to } = window;
        const measures = await queries.fetchQuery({
          queryKey: keys.forecast("window", days, to),
          // Of days that are over, trades come no more once their lots have expired.
          staleTime: to <= (today ?? 0) ? 10 * AGAIN_MS : AGAIN_MS / 2,
          queryFn: ({ signal }) => client.marketAnalysis({ days, to }, signal),
        });
        measured.push({ ...window, measures });
      }
      return measured;
    },
  });
}

/** Published hours since then, oldest first. */
export function useEnergySince(from: number | undefined, today: number | undefined) {
  const client = useForecastClient();
  return useQuery({
    queryKey: keys.forecast("energy-since", from ?? 0, today ?? 0),
    enabled: from !== undefined && today !== undefined,
    ...often,
    queryFn: async ({ signal }) => {
      const hours = [];
      const end = (today ?? 0) + DAY;
      const earliest = Math.max(from ?? 0, end - MOST_ENERGY_READS * ENERGY_DAYS * DAY);
      for (let start = earliest; start < end; start += ENERGY_DAYS * DAY) {
        const stretch = { from: start, to: Math.min(end, start + ENERGY_DAYS * DAY) };
        hours.push(...(await client.communityEnergy(stretch, signal)).hours);
      }
      return hours;
    },
  });
}

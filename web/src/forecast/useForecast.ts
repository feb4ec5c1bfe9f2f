// Reads of the forecast service: what it says of the community, which needs no session.
import { createForecastClient, type ForecastClient } from "@gridx/forecast/client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useSite } from "../config/SiteContext.ts";
import { keys } from "../data/keys.ts";
import { tracedFetch } from "../data/tracedFetch.ts";
import { HOUR } from "../figures/days.ts";

const clients = new Map<string, ForecastClient>();

export function useForecastClient(): ForecastClient {
  const { forecastUrl } = useSite().config;
  const client = clients.get(forecastUrl) ?? createForecastClient(forecastUrl, tracedFetch);
  clients.set(forecastUrl, client);
  return client;
}

/** What the service keeps for five minutes, by a clock that may run faster. */
const KEPT_MS = 300_000;
const LEAST_MS = 10_000;

/** As often as the service may have something new. */
export function useSlowly() {
  const { config } = useSite();
  const refetchInterval = Math.max(LEAST_MS, KEPT_MS / (config.demo?.clockSpeed ?? 1));
  return { refetchInterval, placeholderData: keepPreviousData } as const;
}

export type Target = "load" | "pv";

export interface HourAhead {
  start: number;
  expectedWh: number;
  lowerWh: number;
  upperWh: number;
}

export interface Ahead {
  hours: HourAhead[];
  degradedReason: string | null;
}

const wh = (kwh: number): number => Math.round(kwh * 1000);

/** The community's forecast from the hour that has begun up to `to`. */
export function useAhead(target: Target, to: number | undefined, now: number | undefined) {
  const client = useForecastClient();
  const slowly = useSlowly();
  const count = to && now ? Math.min(48, Math.max(1, Math.ceil(to / HOUR) - Math.floor(now / HOUR))) : 0;
  return useQuery({
    queryKey: keys.forecast("ahead", target, count),
    enabled: count > 0,
    ...slowly,
    queryFn: async ({ signal }): Promise<Ahead> => {
      if (target === "load") {
        const { hourlyForecast, degradedReason } = await client.demand(count, signal);
        return { degradedReason, hours: hourlyForecast.map((hour) => banded(hour, hour.demandKwh)) };
      }
      const { hourlyForecast, degradedReason } = await client.solar(count, signal);
      return { degradedReason, hours: hourlyForecast.map((hour) => banded(hour, hour.generationKwh)) };
    },
  });
}

export const banded = (hour: { start: number; lowerKwh: number; upperKwh: number }, kwh: number): HourAhead => ({
  start: hour.start,
  expectedWh: wh(kwh),
  lowerWh: wh(hour.lowerKwh),
  upperWh: wh(hour.upperKwh),
});

/** What was forecast for hours that are over, before each began. */
export function useIssued(target: Target, from: number | undefined, to: number | undefined) {
  const client = useForecastClient();
  const slowly = useSlowly();
  return useQuery({
    queryKey: keys.forecast("issued", target, from ?? 0, to ?? 0),
    enabled: from !== undefined && to !== undefined,
    ...slowly,
    queryFn: async ({ signal }) => {
      const { hours } = await client.issued(target, { from: from ?? 0, to: to ?? 0 }, signal);
      return hours.map((hour) => banded(hour, hour.expectedKwh));
    },
  });
}

/** Hours of all homes' production and consumption that are published. */
export function useCommunityEnergy(from: number | undefined, to: number | undefined) {
  const client = useForecastClient();
  const slowly = useSlowly();
  return useQuery({
    queryKey: keys.forecast("energy", from ?? 0, to ?? 0),
    enabled: from !== undefined && to !== undefined,
    ...slowly,
    queryFn: async ({ signal }) => (await client.communityEnergy({ from: from ?? 0, to: to ?? 0 }, signal)).hours,
  });
}

/** Measures of the market over the `days` before now. */
export function useMarketAnalysis(days: number) {
  const client = useForecastClient();
  const slowly = useSlowly();
  return useQuery({
    queryKey: keys.forecast("analysis", days),
    ...slowly,
    queryFn: ({ signal }) => client.marketAnalysis({ days }, signal),
  });
}

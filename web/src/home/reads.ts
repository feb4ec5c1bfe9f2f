// What the forecast service keeps of an owner's homes. Asked for while its owner is signed in alone.
import type { Home, Reading } from "@gridx/forecast/client/home";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useSite } from "../config/SiteContext.ts";
import { keys } from "../data/keys.ts";
import { banded, type HourAhead, type Target, useForecastClient, useSlowly } from "../forecast/useForecast.ts";
import { asOwner, useHomeClient } from "./session.ts";

function useOwn() {
  const { config } = useSite();
  const queries = useQueryClient();
  const client = useHomeClient();
  const { refetchInterval } = useSlowly();
  const own = <Answer>(ask: () => Promise<Answer>) => asOwner(queries, config.forecastUrl, ask);
  return { client, own, refetchInterval };
}

/** The homes of whoever is signed in. */
export function useHomes(owner: string) {
  const { client, own, refetchInterval } = useOwn();
  return useQuery({
    queryKey: keys.home("all", owner),
    refetchInterval,
    queryFn: ({ signal }): Promise<Home[]> => own(() => client.homes(signal)),
  });
}

/** Readings that begin in [from, to), oldest first. */
export function useReadings(house: string, from: number | undefined, to: number | undefined) {
  const { client, own, refetchInterval } = useOwn();
  return useQuery({
    queryKey: keys.home("readings", house, from ?? 0, to ?? 0),
    enabled: from !== undefined && to !== undefined,
    refetchInterval,
    queryFn: ({ signal }): Promise<Reading[]> =>
      own(() => client.readings(house, { from: from ?? 0, to: to ?? 0 }, signal)),
  });
}

export interface HomeAhead {
  hours: HourAhead[];
  model: string;
  /** 1 less the relative error here in the last 28 days; null before a day was scored. */
  confidence: number | null;
  record: { hours: number; maeKwh: number; coverage: number | null } | null;
  degradedReason: string | null;
}

const HOURS_AHEAD = 48;

/** A home's forecast from the hour that has begun on. */
export function useHomeAhead(house: string, target: Target) {
  const { client, own, refetchInterval } = useOwn();
  return useQuery({
    queryKey: keys.home("ahead", house, target),
    refetchInterval,
    queryFn: ({ signal }): Promise<HomeAhead> =>
      own(async () => {
        if (target === "load") {
          const { hourlyForecast, trackRecord: record, ...answer } = await client.demand(house, HOURS_AHEAD, signal);
          return { ...answer, record, hours: hourlyForecast.map((hour) => banded(hour, hour.demandKwh)) };
        }
        const { hourlyForecast, trackRecord: record, ...answer } = await client.solar(house, HOURS_AHEAD, signal);
        return { ...answer, record, hours: hourlyForecast.map((hour) => banded(hour, hour.generationKwh)) };
      }),
  });
}

/** What was forecast of each hour before it began. */
export function useHomeIssued(house: string, target: Target, from: number | undefined, to: number | undefined) {
  const { client, own, refetchInterval } = useOwn();
  return useQuery({
    queryKey: keys.home("issued", house, target, from ?? 0, to ?? 0),
    enabled: from !== undefined && to !== undefined,
    refetchInterval,
    queryFn: ({ signal }) =>
      own(async () => {
        const { hours } = await client.issued(house, target, { from: from ?? 0, to: to ?? 0 }, signal);
        return hours.map((hour) => banded(hour, hour.expectedKwh));
      }),
  });
}

/** How the models have done over all homes: public. */
export function useModels() {
  const client = useForecastClient();
  const { refetchInterval } = useSlowly();
  return useQuery({
    queryKey: keys.forecast("models"),
    refetchInterval,
    queryFn: ({ signal }) => client.models(signal),
  });
}

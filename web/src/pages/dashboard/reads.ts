// What the dashboard reads of the indexer.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Address } from "viem";
import { useSite } from "../../config/SiteContext.ts";
import { useMarket } from "../../data/indexer.ts";
import { keys } from "../../data/keys.ts";
import { useLiveInterval } from "../../data/live/LiveContext.tsx";
import { useNow } from "../../data/now.ts";
import { everyRow } from "../../figures/everyRow.ts";
import { unpricedEnergyWh } from "./attention.ts";

const PAGE = 200;
const MOST = 2_000;

export function useUser(address: Address | undefined) {
  const { indexer } = useSite();
  return useQuery({
    queryKey: keys.user(address),
    enabled: address !== undefined,
    refetchInterval: useLiveInterval(),
    queryFn: ({ signal }) => indexer.user(known(address), signal),
  });
}

/** A wallet's trades since then. */
export function useTradesSince(address: Address | undefined, from: number | undefined) {
  const { indexer } = useSite();
  return useQuery({
    queryKey: keys.tradesSince(address, from ?? 0),
    enabled: address !== undefined && from !== undefined,
    refetchInterval: useLiveInterval(),
    queryFn: ({ signal }) =>
      everyRow((cursor) => indexer.userTrades(known(address), { from, limit: PAGE, cursor }, signal), MOST),
  });
}

/** Slots of the market that began since then, newest first. */
export function useSlotsSince(from: number | undefined) {
  const { indexer } = useSite();
  return useQuery({
    queryKey: keys.slotMarkets(from ?? 0),
    enabled: from !== undefined,
    refetchInterval: useLiveInterval(),
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => everyRow((cursor) => indexer.slotMarkets({ from, limit: PAGE, cursor }, signal), MOST),
  });
}

/** A wallet's lots on sale. */
export function useLotsOf(seller: Address | undefined) {
  const { indexer } = useSite();
  return useQuery({
    queryKey: keys.lotsOf(seller),
    enabled: seller !== undefined,
    refetchInterval: useLiveInterval(),
    queryFn: async ({ signal }) => (await indexer.lots({ seller: known(seller), limit: PAGE }, signal)).items,
  });
}

/** Energy of a wallet's houses that could be traded and has no price. */
export function useUnpricedWh(seller: Address | undefined) {
  const { indexer, deployment } = useSite();
  const { data: market } = useMarket();
  const now = useNow();
  const oldest =
    now === undefined || !market ? undefined : Math.floor(now / deployment.slotDuration) - market.tradingWindow;
  return useQuery({
    queryKey: keys.unpricedLots(seller, oldest ?? 0),
    enabled: seller !== undefined && oldest !== undefined,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const owner = known(seller);
      const [houses, lots] = await Promise.all([
        indexer.houses({ owner, limit: PAGE }, signal),
        indexer.lots({ seller: owner, limit: PAGE }, signal),
      ]);
      const readings = await Promise.all(
        houses.items.map(({ house }) => indexer.production(house, { limit: PAGE }, signal)),
      );
      const mine = readings.flatMap(({ items }) => items).filter((reading) => reading.seller === owner);
      return unpricedEnergyWh(mine, lots.items, oldest ?? 0);
    },
  });
}

function known(address: Address | undefined): Address {
  if (!address) throw new Error("no wallet");
  return address;
}

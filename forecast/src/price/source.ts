// Where the prices of a slot come from: forecasts of all homes, the contract's fee, past clearings.
import { askWithinLimit } from "@gridx/contracts";
import type { Clearing, IndexerClient, User } from "@gridx/indexer/client";
import { shared } from "@gridx/indexer/shared";
import type { AllHomes, ForecastsOfHomes } from "../forecasts/all-homes.ts";
import type { Forecast } from "../models/model.ts";
import type { Book } from "./book.ts";
import { PAST_DAYS, pastSlots } from "./past.ts";
import type { PriceSource } from "./routes.ts";
import type { HomeForecast, Quantiles } from "./scenarios.ts";
import type { PriceSettings } from "./settings.ts";

const HOUR_SECONDS = 3600;
const PAGE = 200;
const MOST_USERS = 10_000;

export interface PriceSourceOptions {
  slotDuration: number;
  /** Unix seconds by the chain's clock. */
  now(): Promise<number>;
  grid: PriceSettings["grid"];
  feeBps(): Promise<bigint>;
  homes: Pick<AllHomes, "read">;
  /** Null where none is configured: then no chance is measured on past clearings, and asks and bids that stand are not known. */
  indexer: Pick<IndexerClient, "clearings" | "users"> | null;
  /** Hours that the homes' forecasts reach. */
  hoursAhead: number;
  /** For which what the indexer said serves all who ask: each question is some thirty of its pages. */
  keepMilliseconds: number;
}

export function createPriceSource(options: PriceSourceOptions): PriceSource {
  const { slotDuration, now, grid, feeBps, homes, indexer, hoursAhead, keepMilliseconds } = options;
  const currentSlot = async () => Math.floor((await now()) / slotDuration);
  // Whatever slot is asked about, the clearings before it are among those before the present one, or as new.
  const clearingsBefore = shared(async () => {
    return indexer
      ? recentClearings(indexer, (await currentSlot()) - (PAST_DAYS * 24 * HOUR_SECONDS) / slotDuration)
      : [];
  }, keepMilliseconds);
  const ordersNow = shared(async () => (indexer ? standingOrders(indexer) : []), keepMilliseconds);
  const orNull = () => null;
  return {
    slotDuration,
    // The hour that has begun is the first of the forecast, so the last may be over before.
    slotsAhead: Math.floor(((hoursAhead - 1) * HOUR_SECONDS) / slotDuration) - 1,
    currentSlot,
    question: async (slot) => {
      if (!grid) return null;
      const [fee, forecasts, clearings, orders] = await Promise.all([
        feeBps(),
        homes.read(),
        clearingsBefore().catch(orNull),
        ordersNow().catch(orNull),
      ]);
      return {
        tariff: { ...grid, feeBps: fee },
        homesDegraded: forecasts?.degraded ?? null,
        homes: forecasts && homesAt(forecasts, slot * slotDuration, slotDuration),
        bidsWh: bidsOfOthers(orders ?? [], forecasts?.homes ?? [], slot),
        past: pastSlots(clearings ?? [], slot, slotDuration),
        book: indexer && orders && forecasts && bookOf(orders, forecasts.homes, slot, fee),
        marketUnknown: clearings === null || orders === null,
      };
    },
  };
}

/** Newest first, back to a slot. */
async function recentClearings(indexer: Pick<IndexerClient, "clearings">, since: number): Promise<Clearing[]> {
  const clearings: Clearing[] = [];
  for (let cursor: string | undefined; ; ) {
    const { items, nextCursor } = await indexer.clearings({ limit: PAGE, cursor });
    clearings.push(...items.filter(({ slot }) => slot >= since));
    if (nextCursor === null || items.some(({ slot }) => slot < since)) return clearings;
    cursor = nextCursor;
  }
}

type Orders = Pick<User, "address" | "ask" | "askFromSlot" | "bid" | "bidWh" | "bidFromSlot">;

/** Of all participants who ask or bid. */
async function standingOrders(indexer: Pick<IndexerClient, "users">): Promise<Orders[]> {
  const orders: Orders[] = [];
  let read = 0;
  for (let cursor: string | undefined; ; ) {
    const { items, nextCursor } = await indexer.users({ limit: PAGE, cursor });
    orders.push(...items.filter(({ ask, bid }) => ask > 0n || bid > 0n));
    read += items.length;
    if (nextCursor === null || read >= MOST_USERS) return orders;
    cursor = nextCursor;
  }
}

/** What wallets that own none of the homes bid for in a slot. */
export function bidsOfOthers(orders: readonly Orders[], homes: readonly { owner: string }[], slot: number): bigint {
  const owners = new Set(homes.map(({ owner }) => owner.toLowerCase()));
  return orders
    .filter(({ address, bid, bidFromSlot }) => bid > 0n && bidFromSlot <= slot && !owners.has(address.toLowerCase()))
    .reduce((sum, { bidWh }) => sum + bidWh, 0n);
}

/**
 * The asks and bids that count in a slot. An ask has the part of all homes' surplus that its seller has of all panels' watts, both
 * public: by the seller's own forecast the share of who asks least would tell what that home is going to use.
 */
export function bookOf(
  orders: readonly Orders[],
  homes: readonly { owner: string; capacityWatts: number }[],
  slot: number,
  feeBps: bigint,
): Book {
  const watts = new Map<string, number>();
  for (const { owner, capacityWatts } of homes) {
    watts.set(owner.toLowerCase(), (watts.get(owner.toLowerCase()) ?? 0) + capacityWatts);
  }
  const total = [...watts.values()].reduce((sum, each) => sum + each, 0);
  const asks = orders.flatMap(({ address, ask, askFromSlot }) => {
    const own = watts.get(address.toLowerCase()) ?? 0;
    return ask > 0n && askFromSlot <= slot && own > 0 ? [{ pricePerKwh: ask, share: own / total }] : [];
  });
  const bids = orders
    .filter(({ bid, bidFromSlot }) => bid > 0n && bidFromSlot <= slot)
    .map(({ bid, bidWh }) => ({ pricePerKwh: askWithinLimit(bid, feeBps), energyWh: bidWh }));
  const sellers = homes.filter(({ capacityWatts }) => capacityWatts > 0).length;
  return { asks, bids, sellers, homes: homes.length };
}

/** What homes are forecast in a slot: its part of the hour that it begins in. */
export function homesAt({ origin, homes }: ForecastsOfHomes, startsAt: number, seconds: number): HomeForecast[] {
  const hour = Math.floor((startsAt - origin) / HOUR_SECONDS);
  const share = seconds / HOUR_SECONDS;
  const at = ({ lowerWh, pointWh, upperWh }: Forecast): Quantiles => ({
    lowerWh: (lowerWh[hour] ?? 0) * share,
    medianWh: (pointWh[hour] ?? 0) * share,
    upperWh: (upperWh[hour] ?? 0) * share,
  });
  return homes.map(({ owner, load, pv }) => ({ owner, load: at(load), solar: at(pv) }));
}

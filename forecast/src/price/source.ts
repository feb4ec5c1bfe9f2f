// Where the prices of a slot come from: forecasts of all homes, the contract's fee, past clearings.
import type { Bid, Clearing, IndexerClient } from "@gridx/indexer/client";
import { shared } from "@gridx/indexer/shared";
import type { AllHomes, ForecastsOfHomes } from "../forecasts/all-homes.ts";
import type { Forecast } from "../models/model.ts";
import { PAST_DAYS, pastSlots } from "./past.ts";
import type { PriceSource } from "./routes.ts";
import type { HomeForecast, Quantiles } from "./scenarios.ts";
import type { PriceSettings } from "./settings.ts";

const HOUR_SECONDS = 3600;
const PAGE = 200;
const MOST_BIDS = 5_000;

export interface PriceSourceOptions {
  slotDuration: number;
  /** Unix seconds by the chain's clock. */
  now(): Promise<number>;
  grid: PriceSettings["grid"];
  feeBps(): Promise<bigint>;
  homes: Pick<AllHomes, "read">;
  /** Null where none is configured: then no chance is measured on past clearings, and bids of who has no meter are not known. */
  indexer: Pick<IndexerClient, "clearings" | "bids"> | null;
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
  const bidsNow = shared(async () => (indexer ? standingBids(indexer) : []), keepMilliseconds);
  const orNull = () => null;
  return {
    slotDuration,
    // The hour that has begun is the first of the forecast, so the last may be over before.
    slotsAhead: Math.floor(((hoursAhead - 1) * HOUR_SECONDS) / slotDuration) - 1,
    currentSlot,
    question: async (slot) => {
      if (!grid) return null;
      const [fee, forecasts, clearings, bids] = await Promise.all([
        feeBps(),
        homes.read(),
        clearingsBefore().catch(orNull),
        bidsNow().catch(orNull),
      ]);
      return {
        tariff: { ...grid, feeBps: fee },
        homesDegraded: forecasts?.degraded ?? null,
        homes: forecasts && homesAt(forecasts, slot * slotDuration, slotDuration),
        bidsWh: bidsOfOthers(bids ?? [], forecasts?.homes ?? [], slot),
        past: pastSlots(clearings ?? [], slot, slotDuration),
        marketUnknown: clearings === null || bids === null,
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

async function standingBids(indexer: Pick<IndexerClient, "bids">): Promise<Bid[]> {
  const bids: Bid[] = [];
  for (let cursor: string | undefined; ; ) {
    const { items, nextCursor } = await indexer.bids({ limit: PAGE, cursor });
    bids.push(...items);
    if (nextCursor === null || bids.length >= MOST_BIDS) return bids;
    cursor = nextCursor;
  }
}

/** What wallets that own none of the homes bid for in a slot. */
export function bidsOfOthers(
  bids: readonly Pick<Bid, "buyer" | "maxWhPerSlot" | "fromSlot">[],
  homes: readonly { owner: string }[],
  slot: number,
): bigint {
  const owners = new Set(homes.map(({ owner }) => owner.toLowerCase()));
  return bids
    .filter(({ buyer, fromSlot }) => fromSlot <= slot && !owners.has(buyer.toLowerCase()))
    .reduce((sum, { maxWhPerSlot }) => sum + maxWhPerSlot, 0n);
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

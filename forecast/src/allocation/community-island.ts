// The community as an island, of what is public alone: its published sums and their forecast, and the registry on the chain.
import type { House } from "../chain/registry.ts";
import type { Forecast } from "../models/model.ts";
import { type Battery, type Island, perTier, TIERS, type Tier } from "./island.ts";

const HOUR_SECONDS = 3600;
const ALL_TIERS = [...TIERS, "none"] as const;
type AnyTier = (typeof ALL_TIERS)[number];

/** What a tier, or all homes, consumed over the same stretch of time. */
export interface PublishedConsumption {
  tierWh: number;
  allWh: number;
}

/**
 * Which part of the consumption is whose: of a tier whose sums are published what they say; the rest by the number of homes,
 * since what a handful of homes consumes is nobody else's to see.
 */
export function sharesOf(
  houses: readonly Pick<House, "tier">[],
  published: Partial<Record<AnyTier, PublishedConsumption>>,
): Record<AnyTier, number> {
  const known = (tier: AnyTier) => {
    const { tierWh = 0, allWh = 0 } = published[tier] ?? {};
    return allWh > 0 ? tierWh / allWh : undefined;
  };
  const count = (tier: AnyTier) => houses.filter((house) => house.tier === tier).length;
  const rest = Math.max(0, 1 - ALL_TIERS.reduce((sum, tier) => sum + (known(tier) ?? 0), 0));
  const others = ALL_TIERS.filter((tier) => known(tier) === undefined).reduce((sum, tier) => sum + count(tier), 0);
  const shareOf = (tier: AnyTier) => known(tier) ?? (others > 0 ? (rest * count(tier)) / others : 0);
  return { ...perTier(shareOf), none: shareOf("none") };
}

export interface CommunityFacts {
  houses: readonly House[];
  /** Of the community, from the first hour of the plan on. Their point is the mean. */
  load: Pick<Forecast, "pointWh">;
  pv: Pick<Forecast, "lowerWh" | "pointWh">;
  startsAt: number;
  hours: number;
  /** Wallets of each tier, with a meter or without; null where only owners of houses are known. */
  wallets: Record<Tier, number> | null;
  published: Partial<Record<AnyTier, PublishedConsumption>>;
  batteries: readonly Battery[];
  countOn: Island["countOn"];
  reserveHours: number;
}

/**
 * A wallet with a tier and without a meter is a household too: it gets an allowance, and its load is taken to be that of the mean
 * home of its tier, or of all where none of the tier has a meter.
 *
 * Homes without a tier buy nothing in an emergency. What they use of their own sun is taken off the solar; their part of it goes by their
 * installed capacity, which is public.
 */
export function communityIsland(facts: CommunityFacts): Island {
  const houses = facts.houses.filter(({ active }) => active);
  const shares = sharesOf(houses, facts.published);
  const capacity = (list: readonly House[]) => list.reduce((sum, { capacityWatts }) => sum + capacityWatts, 0);
  const all = capacity(houses);
  const outside = all > 0 ? capacity(houses.filter(({ tier }) => tier === "none")) / all : 0;
  const usable = (solarWh: number, loadWh: number) =>
    Math.max(0, solarWh - Math.min(solarWh * outside, loadWh * shares.none));
  const owners = (tier: Tier) => new Set(houses.filter((house) => house.tier === tier).map(({ owner }) => owner)).size;
  const households = perTier((tier) => Math.max(owners(tier), facts.wallets?.[tier] ?? 0));
  const loads = perTier((tier) => {
    if (owners(tier) > 0) return (shares[tier] * households[tier]) / owners(tier);
    return houses.length > 0 ? households[tier] / houses.length : 0;
  });
  return {
    slotSeconds: HOUR_SECONDS,
    slots: Array.from({ length: facts.hours }, (_, hour) => {
      const loadWh = Math.max(0, facts.load.pointWh[hour] ?? 0);
      const [lower, middle] = [facts.pv.lowerWh[hour] ?? 0, facts.pv.pointWh[hour] ?? 0].sort((a, b) => a - b);
      return {
        startsAt: facts.startsAt + hour * HOUR_SECONDS,
        solarWh: { lower: usable(lower ?? 0, loadWh), median: usable(middle ?? 0, loadWh) },
        loadWh: perTier((tier) => loadWh * loads[tier]),
      };
    }),
    // An allowance is a wallet's, whatever it owns.
    households,
    batteries: facts.batteries,
    countOn: facts.countOn,
    reserveHours: facts.reserveHours,
  };
}

// Which sums over homes may be published: k-anonymity with k = 5, for every sum and for whatever is left when published
// sums are subtracted from one another.
import type { Tier } from "../chain/registry.ts";

/** Homes of different owners that a sum needs. */
export const MIN_HOMES = 5;

export interface Contribution {
  owner: string;
  tier: Tier;
  productionWh: number;
  consumptionWh: number;
  capacityWatts: number;
}

export interface Sum {
  tier: Tier | "all";
  homes: number;
  productionWh: number;
  consumptionWh: number;
  capacityWatts: number;
}

const ownersOf = (homes: readonly Contribution[]): number => new Set(homes.map(({ owner }) => owner)).size;

/**
 * The sums of one hour that may be published: of all homes, and of tiers. An owner counts once, since owners know their
 * own homes. What `all` less the published tiers leaves is empty or at least five owners too: while it is neither, the
 * smallest tier is left out and joins the rest.
 */
export function publishableSums(homes: readonly Contribution[]): Sum[] {
  if (ownersOf(homes) < MIN_HOMES) return [];
  const byTier = new Map<Tier, Contribution[]>();
  for (const home of homes) byTier.set(home.tier, [...(byTier.get(home.tier) ?? []), home]);
  const tiers = [...byTier]
    .map(([tier, members]) => ({ tier, members, owners: ownersOf(members) }))
    .sort((a, b) => a.owners - b.owners || a.tier.localeCompare(b.tier));
  let rest = tiers.filter(({ owners }) => owners < MIN_HOMES);
  const published = tiers.filter(({ owners }) => owners >= MIN_HOMES);
  const isSafe = () => rest.length === 0 || ownersOf(rest.flatMap(({ members }) => members)) >= MIN_HOMES;
  while (!isSafe()) {
    const smallest = published.shift();
    if (!smallest) break;
    rest = [...rest, smallest];
  }
  return [sumOf("all", homes), ...published.map(({ tier, members }) => sumOf(tier, members))];
}

function sumOf(tier: Sum["tier"], homes: readonly Contribution[]): Sum {
  const sum = (key: "productionWh" | "consumptionWh" | "capacityWatts") =>
    homes.reduce((total, home) => total + home[key], 0);
  return {
    tier,
    homes: homes.length,
    productionWh: sum("productionWh"),
    consumptionWh: sum("consumptionWh"),
    capacityWatts: sum("capacityWatts"),
  };
}

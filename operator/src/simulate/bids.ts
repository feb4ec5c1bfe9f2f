// Standing bids. A bid serves the slots from its own on, so it is set before a household knows what it will lack.
import { deficitWhOf } from "../neighbourhood.ts";
import { bidIntent, type Household, type Intent } from "./households.ts";
import type { World } from "./world.ts";

/** Households think their bids over that often. */
const BAND_SECONDS = 7_200;
/** A change is worth its gas if it is a quarter of the bid, and so many Wh an hour. */
const [LEAST_CHANGE_PERCENT, LEAST_CHANGE_WATTS] = [25n, 100n];

/**
 * At the start of each band of two hours a household bids for its base: what it lacked or more in three slots of four of the
 * same hours of the day before, as its own meter tells. Its bid changes only if that is materially other. Expecting a
 * surplus, or nothing, it takes the bid back. Where a slot needs more, as kettles and washing machines do, it buys
 * from the shelf; where less, it has bought ahead of its need: a bid for the mean deficit would do so with a third of its
 * energy, this one with a tenth to a fifth.
 */
export async function adjustBids(world: World, slot: number): Promise<Intent[]> {
  const { players, deployment, plan } = world;
  const band = Math.max(1, Math.round(BAND_SECONDS / plan.slotDuration));
  if (slot % band !== 0) return [];
  const intents: Intent[] = [];
  for (const household of players) {
    const baseWh = baseDeficit(world, household, slot, band);
    const { maxWh } = household.bid;
    const change = baseWh > maxWh ? baseWh - maxWh : maxWh - baseWh;
    const leastWh = (LEAST_CHANGE_WATTS * BigInt(plan.slotDuration)) / 3600n;
    const ends = baseWh === 0n && maxWh > 0n;
    if (!ends && (change * 100n < maxWh * LEAST_CHANGE_PERCENT || change < leastWh)) continue;
    household.bid = { maxWh: baseWh, fromSlot: slot };
    intents.push(await bidIntent(household, deployment));
  }
  return intents;
}

/** The lower quartile of the deficits in the band a day earlier, as far as there are readings of them. */
function baseDeficit({ neighbourhood, plan }: World, { house }: Household, slot: number, band: number): bigint {
  const dayBefore = slot - Math.round(86_400 / plan.slotDuration);
  const deficits = Array.from({ length: band }, (_, index) => {
    const energy = neighbourhood.energyOf(house.name, dayBefore + index);
    return energy ? [deficitWhOf(energy)] : [];
  }).flat();
  return BigInt(deficits.sort((a, b) => a - b)[Math.floor(deficits.length / 4)] ?? 0);
}

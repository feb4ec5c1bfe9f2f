import type { Highs } from "highs";
import {
  type Island,
  type Plan,
  type PlannedSlot,
  perTier,
  type Shed,
  type ShedReason,
  TIERS,
  type Tier,
} from "./island.ts";
import { lowestOf, oneWay, reservesOf, type SolvedSlot, solarOf, solveIsland, unitOf } from "./program.ts";

/** Less than this is the arithmetic's, not the island's. */
const nothingIn = (island: Island): number => 0.01 * unitOf(island);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Plans an island's supply: who is served when, what is stored, what is shed and why. */
export function planIsland(highs: Highs, island: Island): Plan {
  const nothingWh = nothingIn(island);
  const reserves = reservesOf(island);
  const solved = solveIsland(highs, island);
  const slots = solved.map((now, slot): PlannedSlot => {
    const loadWh = island.slots[slot]?.loadWh;
    return {
      startsAt: island.slots[slot]?.startsAt ?? 0,
      solarWh: solarOf(island, slot),
      servedWh: now.servedWh,
      shedWh: perTier((tier) => Math.max(0, (loadWh?.[tier] ?? 0) - now.servedWh[tier])),
      curtailedWh: now.curtailedWh,
      chargedWh: sum(now.chargedWh),
      dischargedWh: sum(now.dischargedWh),
      storedWh: sum(now.storedWh),
      batteriesStoredWh: now.storedWh,
      reserveWh: reserves[slot] ?? 0,
      reserveShortWh: now.reserveShortWh,
    };
  });
  const shed = slots.flatMap(({ startsAt, shedWh, reserveWh }, slot) =>
    TIERS.filter((tier) => shedWh[tier] > nothingWh).map(
      (tier): Shed => ({
        startsAt,
        tier,
        shedWh: shedWh[tier],
        reason: reasonOf(island, solved[slot], tier, reserveWh),
      }),
    ),
  );
  return { status: statusOf(island, shed), slots, shed };
}

/** What stands in the way of serving more in a slot. */
function reasonOf(island: Island, now: SolvedSlot | undefined, tier: Tier, reserveWh: number): ShedReason {
  const hours = island.slotSeconds / 3600;
  const nothingWh = nothingIn(island);
  let left = 0;
  let free = 0;
  for (const [index, battery] of island.batteries.entries()) {
    const usable = ((now?.storedWh[index] ?? 0) - lowestOf(battery)) * oneWay(battery.roundTripEfficiency);
    const power = battery.dischargeWatts * hours - (now?.dischargedWh[index] ?? 0);
    left += Math.max(0, usable);
    free += Math.max(0, Math.min(usable, power));
  }
  if (left <= nothingWh) return "nothing_left";
  // What charges now could be used now, whatever the power with which the batteries give.
  if (free <= nothingWh && sum(now?.chargedWh ?? []) <= nothingWh) return "power_limit";
  if (tier !== "critical" && left <= reserveWh + nothingWh) return "reserve";
  return "kept_for_later";
}

function statusOf(island: Island, shed: readonly Shed[]): Plan["status"] {
  if (island.slots.every(({ loadWh }) => TIERS.every((tier) => loadWh[tier] === 0))) return "nothing_to_serve";
  if (shed.length === 0) return "all_served";
  return shed.some(({ tier }) => tier === "critical") ? "critical_missing" : "some_shed";
}

// From a plan to what `declareEmergency` takes: Wh that one household of a tier may buy in one slot of the contract.
import type { Island, Plan, PlannedSlot } from "./island.ts";

export interface Allowances {
  normalWhPerSlot: bigint;
  essentialWhPerSlot: bigint;
}

/** One call of `declareEmergency`, to be sent at `startsAt`; it takes the place of the one before. */
export interface Declaration extends Allowances {
  startsAt: number;
  /** Of the emergency, not of these allowances: a call that comes late leaves the older ones in force, never none. */
  endsAt: number;
}

/** The contract refuses a longer emergency. */
const LONGEST_EMERGENCY_SECONDS = 7 * 86_400;

/**
 * Allowances of one slot of the plan, in Wh per slot of the contract: what the plan serves to a tier, and solar that would be
 * curtailed, in equal shares, rounded down. All allowances bought up are thus never more than what the plan has for them.
 */
function allowancesOf(slot: PlannedSlot, island: Island, contractSlotSeconds: number): Allowances {
  const { normal, essential } = island.households;
  const spareWh = normal + essential > 0 ? slot.curtailedWh / (normal + essential) : 0;
  const share = (servedWh: number, households: number) =>
    // A household never meets an allowance of a tier that nobody is in.
    households === 0 ? 0n : wholeWh(((servedWh / households + spareWh) * contractSlotSeconds) / island.slotSeconds);
  return {
    normalWhPerSlot: share(slot.servedWh.normal, normal),
    essentialWhPerSlot: share(slot.servedWh.essential, essential),
  };
}

/** Down to whole Wh, but what the solver's tolerance keeps from being whole counts as whole. */
const wholeWh = (energyWh: number): bigint => BigInt(Math.floor(energyWh + 1e-3));

/**
 * At most `most` declarations that together allow as much as possible: within each, a tier's allowance is the least of its
 * slots, so that it can be kept in all of them. Found by dynamic programming over where each begins.
 */
export function declarationsOf(plan: Plan, island: Island, contractSlotSeconds: number, most: number): Declaration[] {
  const perSlot = plan.slots.map((slot) => allowancesOf(slot, island, contractSlotSeconds));
  const count = perSlot.length;
  const { normal, essential } = island.households;
  // best[k][end]: the most Wh allowed over the slots before `end` by k declarations, and where the last of them begins.
  const best: { allowedWh: number; begins: number }[][] = [[{ allowedWh: 0, begins: 0 }]];
  for (let k = 1; k <= Math.min(most, count); k += 1) {
    const row: { allowedWh: number; begins: number }[] = [];
    for (let end = k; end <= count; end += 1) {
      let [leastNormal, leastEssential] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
      for (let begins = end - 1; begins >= k - 1; begins -= 1) {
        leastNormal = Math.min(leastNormal, Number(perSlot[begins]?.normalWhPerSlot));
        leastEssential = Math.min(leastEssential, Number(perSlot[begins]?.essentialWhPerSlot));
        const before = best[k - 1]?.[begins]?.allowedWh;
        if (before === undefined) continue;
        const allowedWh = before + (end - begins) * (normal * leastNormal + essential * leastEssential);
        if (allowedWh > (row[end]?.allowedWh ?? -1)) row[end] = { allowedWh, begins };
      }
    }
    best.push(row);
  }
  // The fewest declarations that allow the most.
  let k = 0;
  for (const [index, row] of best.entries()) {
    if (index > 0 && (row[count]?.allowedWh ?? -1) > (best[k]?.[count]?.allowedWh ?? -1)) k = index;
  }
  const ends = Math.min(
    (plan.slots.at(-1)?.startsAt ?? 0) + island.slotSeconds,
    (plan.slots[0]?.startsAt ?? 0) + LONGEST_EMERGENCY_SECONDS,
  );
  const declarations: Declaration[] = [];
  for (let end = count; k > 0; k -= 1) {
    const begins = best[k]?.[end]?.begins ?? 0;
    const within = perSlot.slice(begins, end);
    declarations.unshift({
      startsAt: plan.slots[begins]?.startsAt ?? 0,
      normalWhPerSlot: lowest(within.map(({ normalWhPerSlot }) => normalWhPerSlot)),
      essentialWhPerSlot: lowest(within.map(({ essentialWhPerSlot }) => essentialWhPerSlot)),
      endsAt: ends,
    });
    end = begins;
  }
  return declarations;
}

const lowest = (values: readonly bigint[]): bigint => [...values].sort((a, b) => (a < b ? -1 : 1))[0] ?? 0n;

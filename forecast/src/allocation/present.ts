import type { z } from "@hono/zod-openapi";
import type { Declaration } from "./allowances.ts";
import { type Island, type Plan, perTier, type ShedReason, type Tier } from "./island.ts";
import type { planSchema } from "./schemas.ts";

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
/** Tenths of a Wh: finer is the solver's arithmetic. */
const tenths = (energyWh: number): number => Math.max(0, Math.round(energyWh * 10) / 10);
const kwh = (energyWh: number): string => `${(Math.round(energyWh) / 1000).toFixed(3)} kWh`;

const EXPLANATIONS: Record<ShedReason, string> = {
  nothing_left: "there is no more sun, and the batteries are at their floor",
  power_limit: "the batteries give as much power as they can",
  reserve: "what the batteries hold is the reserve for critical loads",
  kept_for_later: "what there is more is stored for higher tiers later",
};

/** A plan as an answer shows it. */
export function presentPlan(
  plan: Plan,
  island: Island,
  declarations: readonly Declaration[],
  priceCap: bigint | null,
): Omit<z.output<typeof planSchema>, "degraded" | "reason"> {
  return {
    status: plan.status,
    summary: summaryOf(plan),
    slotSeconds: island.slotSeconds,
    countOn: island.countOn,
    slots: plan.slots.map(({ batteriesStoredWh: _, startsAt, servedWh, shedWh, ...slot }) => ({
      startsAt: iso(startsAt),
      servedWh: perTier((tier) => tenths(servedWh[tier])),
      shedWh: perTier((tier) => tenths(shedWh[tier])),
      solarWh: tenths(slot.solarWh),
      curtailedWh: tenths(slot.curtailedWh),
      chargedWh: tenths(slot.chargedWh),
      dischargedWh: tenths(slot.dischargedWh),
      storedWh: tenths(slot.storedWh),
      reserveWh: tenths(slot.reserveWh),
      reserveShortWh: tenths(slot.reserveShortWh),
    })),
    shed: plan.shed.map(({ startsAt, shedWh, tier, reason }) => ({
      startsAt: iso(startsAt),
      tier,
      shedWh: tenths(shedWh),
      reason,
      explanation: EXPLANATIONS[reason],
    })),
    declarations: declarations.map(({ startsAt, normalWhPerSlot, essentialWhPerSlot, endsAt }) => ({
      startsAt: iso(startsAt),
      normalWhPerSlot: String(normalWhPerSlot),
      essentialWhPerSlot: String(essentialWhPerSlot),
      endsAt,
      priceCap: priceCap === null ? null : String(priceCap),
    })),
  };
}

function summaryOf({ status, shed }: Plan): string {
  if (status === "nothing_to_serve") return "there are no loads to serve";
  if (status === "all_served") return "all loads are served";
  const missing = (tier: Tier) =>
    shed.filter((entry) => entry.tier === tier).reduce((sum, { shedWh }) => sum + shedWh, 0);
  const first = shed.find(({ tier }) => tier === "critical");
  if (first) {
    return `critical loads can't all be served: ${kwh(missing("critical"))} are missing, first ${kwh(first.shedWh)} from ${iso(first.startsAt)} on`;
  }
  return `all critical loads are served; ${kwh(missing("essential"))} of essential and ${kwh(missing("normal"))} of normal loads are shed`;
}

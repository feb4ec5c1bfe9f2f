// The forecast service's plan of the neighbourhood as an island, and what is read out of it.
import type { AllocationPlan, PlanTier } from "@gridx/forecast/client";
import { useQuery } from "@tanstack/react-query";
import { keys } from "../../data/keys.ts";
import { useForecastClient, useSlowly } from "../../forecast/useForecast.ts";

const HOURS = 24;

export type CountOn = AllocationPlan["countOn"];
export type ShedReason = AllocationPlan["shed"][number]["reason"];

/** The next 24 hours from the next full one on. */
export function usePlan(countOn: CountOn) {
  const client = useForecastClient();
  const slowly = useSlowly();
  return useQuery({
    queryKey: keys.forecast("plan", HOURS, countOn),
    ...slowly,
    queryFn: ({ signal }) => client.allocationPlan({ hours: HOURS, countOn }, signal),
  });
}

export interface ShedStretch {
  /** Unix seconds, the last not included. */
  from: number;
  to: number;
  tier: PlanTier;
  shedWh: number;
  reason: ShedReason;
}

/** Slots in a row that shed of one tier for one reason, as one; in the order of time. */
export function shedStretches({ shed, slotSeconds }: Pick<AllocationPlan, "shed" | "slotSeconds">): ShedStretch[] {
  const stretches: ShedStretch[] = [];
  const open = new Map<PlanTier, ShedStretch>();
  for (const { startsAt, tier, shedWh, reason } of shed) {
    const last = open.get(tier);
    if (last && last.to === startsAt && last.reason === reason) {
      last.to += slotSeconds;
      last.shedWh += shedWh;
      continue;
    }
    const stretch = { from: startsAt, to: startsAt + slotSeconds, tier, shedWh, reason };
    open.set(tier, stretch);
    stretches.push(stretch);
  }
  return stretches;
}

export interface PlanSums {
  solarWh: number;
  /** Sun that neither a load nor a battery takes. */
  curtailedWh: number;
  servedWh: number;
  shedWh: number;
  /** Whether batteries take part. */
  storage: boolean;
}

const allTiers = ({ critical, essential, normal }: Record<PlanTier, number>): number => critical + essential + normal;

export function sumsOf(slots: AllocationPlan["slots"]): PlanSums {
  const sums = { solarWh: 0, curtailedWh: 0, servedWh: 0, shedWh: 0, storage: false };
  for (const slot of slots) {
    sums.solarWh += slot.solarWh;
    sums.curtailedWh += slot.curtailedWh;
    sums.servedWh += allTiers(slot.servedWh);
    sums.shedWh += allTiers(slot.shedWh);
    sums.storage ||= slot.storedWh > 0 || slot.chargedWh > 0 || slot.dischargedWh > 0;
  }
  return sums;
}

/** What the plan would declare at this moment: the newest one that is due, else the first. */
export function dueDeclaration(plan: Pick<AllocationPlan, "declarations">, now: number) {
  return plan.declarations.findLast(({ startsAt }) => startsAt <= now) ?? plan.declarations[0];
}

// What an island is planned from, and what a plan says. Energy in Wh, power in watts, time in Unix seconds.

/** In the order in which they are served. On the chain: tiers 3, 2 and 1. */
export const TIERS = ["critical", "essential", "normal"] as const;
export type Tier = (typeof TIERS)[number];

export interface Battery {
  name: string;
  capacityWh: number;
  /** What it holds when the plan begins. */
  storedWh: number;
  /** It is not discharged below this; one that holds less already is not discharged at all. */
  floorWh: number;
  /** The most that it takes and gives, measured at its terminals. */
  chargeWatts: number;
  dischargeWatts: number;
  /** Above 0 and at most 1: the share of what it took that it gives back. Half of the loss falls on each way. */
  roundTripEfficiency: number;
}

export interface IslandSlot {
  startsAt: number;
  /** Solar generation of the whole island, gross: 10 % quantile and median. */
  solarWh: { lower: number; median: number };
  /** What the households of each tier would use, their own solar not taken off. */
  loadWh: Record<Tier, number>;
}

export interface Island {
  slotSeconds: number;
  /** Without gaps, in the order of time. */
  slots: readonly IslandSlot[];
  /** Households of each tier: an allowance is for one of them. */
  households: Record<Tier, number>;
  batteries: readonly Battery[];
  /** Which solar generation to count on. `lower` comes true nine times in ten. */
  countOn: "lower" | "median";
  /** The batteries keep what the critical loads lack over so many hours to come, counting on the lower solar. */
  reserveHours: number;
}

/** Why a load is shed. */
export const SHED_REASONS = ["nothing_left", "power_limit", "reserve", "kept_for_later"] as const;
export type ShedReason = (typeof SHED_REASONS)[number];

export interface Shed {
  startsAt: number;
  tier: Tier;
  shedWh: number;
  reason: ShedReason;
}

export interface PlannedSlot {
  startsAt: number;
  /** What the plan counts on. */
  solarWh: number;
  servedWh: Record<Tier, number>;
  shedWh: Record<Tier, number>;
  /** Solar that neither a load nor a battery can take. */
  curtailedWh: number;
  /** All batteries, at their terminals. */
  chargedWh: number;
  dischargedWh: number;
  /** In all batteries at the slot's end, and in each of them in the island's order. */
  storedWh: number;
  batteriesStoredWh: number[];
  /** What the batteries should be able to give at the slot's end, and how much of it they can't. */
  reserveWh: number;
  reserveShortWh: number;
}

export const STATUSES = ["nothing_to_serve", "all_served", "some_shed", "critical_missing"] as const;

export interface Plan {
  status: (typeof STATUSES)[number];
  slots: PlannedSlot[];
  /** In the order of time, critical first. */
  shed: Shed[];
}

export const perTier = <T>(value: (tier: Tier) => T): Record<Tier, T> => ({
  critical: value("critical"),
  essential: value("essential"),
  normal: value("normal"),
});

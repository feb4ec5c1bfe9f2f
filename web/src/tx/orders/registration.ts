// A house to be brought onto the chain, as the registrar gives it.
import type { Address } from "viem";

/** As the contract numbers them. */
export const TIER_NUMBERS = { none: 0, normal: 1, essential: 2, critical: 3 } as const;
export type TierName = keyof typeof TIER_NUMBERS;

export interface Registration {
  /** The meter's key: it signs the readings. */
  meter: Address;
  owner: Address;
  capacityWatts: number;
  /** The owner's priority in an emergency. */
  tier: TierName;
}

/** The contract's limit. */
export const MOST_WATTS = 2 ** 32 - 1;

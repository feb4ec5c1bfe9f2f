// The rows that a replay makes, and those that nothing happened to yet.
import type { Address, Hex } from "viem";
import type { Origin } from "./logs.ts";

export const userOf = (address: Address) => ({
  address,
  tier: 0,
  balance: 0n,
  deposited: 0n,
  withdrawn: 0n,
  feesCollected: 0n,
  boughtWh: 0n,
  soldWh: 0n,
  paid: 0n,
  feesPaid: 0n,
  earned: 0n,
  purchases: 0,
  sales: 0,
  carbonEarnedGrams: 0n,
  carbonRetiredGrams: 0n,
  ask: 0n,
  askFromSlot: 0,
  bid: 0n,
  bidWh: 0n,
  bidFromSlot: 0,
});
export const walletOf = (address: Address) => ({ address, balanceGrams: 0n, earnedGrams: 0n, spentGrams: 0n });
export const totalsOf = () => ({
  volumeWh: 0n,
  turnover: 0n,
  fees: 0n,
  high: 0n,
  low: 2n ** 96n,
  trades: 0,
  carbonGrams: 0n,
  buyers: 0,
  sellers: 0,
  clearedWh: 0n,
  clearedTurnover: 0n,
  clearingPrice: null as bigint | null,
});

export interface EmergencyRow extends Origin {
  priceCap: bigint;
  normalWhPerSlot: bigint;
  essentialWhPerSlot: bigint;
  endsAt: number;
  reason: string;
  endedBlockNumber: number | null;
  endedLogIndex: number | null;
  endedTimestamp: number | null;
}

export interface TradeRow extends Origin {
  tradeId: Hex;
  seller: Address;
  buyer: Address;
  slot: number;
  energyWh: bigint;
  pricePerKwh: bigint;
  payment: bigint;
  feePaid: bigint;
  carbonGrams: bigint;
  cleared: boolean;
}

export interface EmissionFactor {
  gramsPerMwh: number;
  source: string;
  vintage: string;
  transactionHash: Hex;
}

/** What is behind a trade's energy, and where it stands in the ledger. */
export interface Behind {
  fact: number;
  headBefore: Hex;
  headAfter: Hex;
  emissionFactor: EmissionFactor;
  provenance: {
    slotStart: number;
    attestedWh: bigint;
    soldBeforeWh: bigint;
    soldAfterWh: bigint;
    readings: object[];
  };
}

export interface HouseRow {
  house: Address;
  meter: Address;
  owner: Address;
  capacityWatts: number;
  fromSlot: number;
  active: boolean;
  newestSlot: number | null;
  exportedWh: bigint;
  readings: number;
}

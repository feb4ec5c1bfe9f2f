import type { Address, Hex, LocalAccount } from "viem";

/** EIP-712 type of a meter's reading. */
export const readingTypes = {
  Reading: [
    { name: "slot", type: "uint32" },
    { name: "exportWh", type: "uint64" },
  ],
} as const;

/** EIP-712 domain of a contract. */
export function gridxDomain(deployment: { chainId: number; address: Address }) {
  return { name: "GridX", version: "1", chainId: deployment.chainId, verifyingContract: deployment.address } as const;
}

/** A reading as `attestReadings` takes it. */
export interface SignedReading {
  slot: number;
  exportWh: bigint;
  signature: Hex;
}

/** Signs a reading with a meter's key. */
export async function signReading(
  meter: LocalAccount,
  deployment: { chainId: number; address: Address },
  reading: { slot: number; exportWh: bigint },
): Promise<SignedReading> {
  const signature = await meter.signTypedData({
    domain: gridxDomain(deployment),
    types: readingTypes,
    primaryType: "Reading",
    message: reading,
  });
  return { ...reading, signature };
}

/** `RejectionReason` of the contract, by its number. */
export const rejectionReasons = [
  "None",
  "InvalidSignature",
  "UnknownMeter",
  "MeterRetired",
  "SlotNotEnded",
  "SlotTooOld",
  "AlreadyAttested",
  "AboveCapacity",
  "LotReplaced",
] as const;

/** `Tier` of the contract, by its number. */
export const tiers = ["none", "normal", "essential", "critical"] as const;

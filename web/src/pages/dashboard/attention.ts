// What a wallet should look at, from what is known about it.
import type { Lot, Production } from "@gridx/indexer/client";

export type Attention =
  | { kind: "wrongChain" }
  | { kind: "emergency"; leftWh: bigint | null }
  | { kind: "noAsk"; energyWh: bigint }
  | { kind: "bidShort"; slotCost: bigint; missing: bigint }
  | { kind: "expiring"; energyWh: bigint; seconds: number };

export interface AttentionFacts {
  wrongChain: boolean;
  /** In an emergency, what may still be bought in this slot; null is without limit. */
  emergency: { leftWh: bigint | null } | null;
  /** Energy that waits unpriced. */
  unpricedWh: bigint;
  /** The standing ask from now on; 0 is none. */
  ask: bigint;
  balance: bigint;
  /** The most that the standing bid can cost in one slot, fee included; 0 without one. */
  slotCost: bigint;
  /** The wallet's lots that can be bought. */
  lots: readonly Lot[];
  /** Chain time. */
  now: number;
  slotDuration: number;
  tradingWindow: number;
}

/** Lots that end within it are said to expire. */
export const SOON_SECONDS = 2 * 3600;

/** The most urgent first. */
export function attentionOf(facts: AttentionFacts): Attention[] {
  const { wrongChain, emergency, unpricedWh, ask, balance, slotCost } = facts;
  const found: Attention[] = [];
  if (emergency) found.push({ kind: "emergency", leftWh: emergency.leftWh });
  if (wrongChain) found.push({ kind: "wrongChain" });
  if (slotCost > balance) found.push({ kind: "bidShort", slotCost, missing: slotCost - balance });
  if (unpricedWh > 0n && ask === 0n) found.push({ kind: "noAsk", energyWh: unpricedWh });
  const ending = endingSoon(facts);
  if (ending) found.push({ kind: "expiring", ...ending });
  return found;
}

function endingSoon({ lots, now, slotDuration, tradingWindow }: AttentionFacts) {
  let energyWh = 0n;
  let seconds = SOON_SECONDS;
  for (const { slot, attestedWh, soldWh } of lots) {
    const left = (slot + tradingWindow + 1) * slotDuration - now;
    if (left <= 0 || left > SOON_SECONDS || attestedWh <= soldWh) continue;
    energyWh += attestedWh - soldWh;
    seconds = Math.min(seconds, left);
  }
  return energyWh > 0n ? { energyWh, seconds } : null;
}

/** Of readings of slots that still can be traded, the energy that has no price: none when it was attested, and none since. */
export function unpricedEnergyWh(
  readings: readonly Pick<Production, "slot" | "exportWh" | "ask">[],
  priced: readonly Pick<Lot, "slot">[],
  oldestSlot: number,
): bigint {
  const since = new Set(priced.map(({ slot }) => slot));
  return readings
    .filter(({ slot, ask }) => slot >= oldestSlot && ask === 0n && !since.has(slot))
    .reduce((sum, { exportWh }) => sum + exportWh, 0n);
}

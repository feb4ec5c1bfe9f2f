import type { Deployment } from "@gridx/contracts";
import type { Hex } from "viem";
import type { Mined } from "../chain/transactions.ts";
import type { ClearEvent } from "./events.ts";
import { sumWh } from "./market.ts";
import type { Part } from "./pairs.ts";
import type { SlotPlan } from "./plan.ts";
import { Readiness } from "./readiness.ts";
import { settlementOf } from "./settlement.ts";
import type { SlotState } from "./state.ts";

export interface Call {
  slot: number;
  /** null for one that was found on the chain. */
  part: Part | null;
}

/** What is known about the slot whose turn it is; a turn that fails does not forget it. */
export class Work {
  readonly slot: number;
  readonly readiness: Readiness;
  /** Calls that have settled something of the slot, in the order of the chain. */
  mined = new Map<Hex, Mined<Call>>();
  /** Wh that the first plan wanted of it. */
  plannedWh: bigint | null = null;
  /** The grace time is over, and its message was given. */
  waitedInVain = false;
  /** Most trades of a transaction: fewer once the chain refused one as too large. */
  mostPairs: number;
  /** Rounds of calls in a row that failed. */
  failures = 0;

  constructor(slot: number, mostPairs: number) {
    this.slot = slot;
    this.mostPairs = mostPairs;
    this.readiness = new Readiness(slot);
  }
}

/** What became of a slot, once nothing is left to do. */
export function outcomeOf(
  { slot, mined, plannedWh }: Work,
  deployment: Deployment,
  { market }: SlotState,
  { parts }: SlotPlan,
): ClearEvent {
  const leftWh = parts.reduce((sum, { pairs }) => sum + sumWh(pairs), 0n);
  if (mined.size === 0 && leftWh === 0n) {
    const asks = market.asks.filter(({ energyWh, pricePerKwh }) => energyWh > 0n && pricePerKwh > 0n);
    const bids = market.bids.filter(({ energyWh, limitPerKwh }) => energyWh > 0n && limitPerKwh > 0n);
    return { event: "nothing", slot, asks: asks.length, bids: bids.length };
  }
  const settlements = [...mined.values()].map(({ receipt }) => settlementOf(deployment, receipt, slot));
  const trades = settlements.flatMap((settlement) => settlement.trades);
  return {
    event: "cleared",
    slot,
    pricePerKwh: trades[0]?.pricePerKwh ?? 0n,
    energyWh: sumWh(settlements),
    plannedWh: plannedWh ?? 0n,
    trades: trades.length,
    transactions: [...mined.keys()],
    skipped: settlements.flatMap(({ skipped }) => skipped),
    leftWh,
  };
}

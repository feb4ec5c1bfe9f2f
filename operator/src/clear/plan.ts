import type { Address } from "viem";
import { arrange } from "./arrange.ts";
import type { Clearing, Fill } from "./market.ts";
import { type Part, split } from "./pairs.ts";
import { solve } from "./solve.ts";
import type { SlotState } from "./state.ts";

export interface SlotPlan {
  clearing: Clearing;
  /** Calls that are still to be made; none when all that can be traded is. */
  parts: Part[];
}

/**
 * What is left to do for a slot. A slot that was cleared in part is solved as a whole, as it was before, at the price that it
 * has; what was settled already is taken off. So an interruption between two calls changes nobody's share.
 */
export function planSlot({ market, cleared }: Pick<SlotState, "market" | "cleared">, mostPairs: number): SlotPlan {
  const clearing = solve(market);
  const { asks, bids } = arrange(rest(clearing.asks, cleared.sold), rest(clearing.bids, cleared.bought));
  return { clearing, parts: split(asks, bids, mostPairs) };
}

const rest = (fills: readonly Fill[], settled: ReadonlyMap<Address, bigint>): Fill[] =>
  fills.flatMap(({ participant, energyWh }) => {
    const left = energyWh - (settled.get(participant) ?? 0n);
    return left > 0n ? [{ participant, energyWh: left }] : [];
  });

import { priceWithFee } from "@gridx/contracts";
import type { Address } from "viem";
import type { ReplayedChain } from "./replay-chain.ts";
import { lotKey } from "./tally.ts";

interface SlotCleared {
  slot: number;
  pricePerKwh: bigint;
  energyWh: bigint;
  trades: number;
}

const emergencyOf = ({ emergency, now }: ReplayedChain) =>
  emergency && emergency.endsAt > now.time ? emergency : null;

/** In an emergency what anybody buys, by clearing or from the shelf, counts against their allowance. */
export function useAllowance(chain: ReplayedChain, buyer: Address, energyWh: bigint): void {
  if (!emergencyOf(chain)) return;
  const { slot } = chain.now;
  const before = chain.used.get(buyer);
  chain.used.set(buyer, { slot, energyWh: (before?.slot === slot ? before.energyWh : 0n) + energyWh });
}

/** Whether the buyer of a trade, which counts already, may have it, by tier and allowance. */
function isAllowed(chain: ReplayedChain, buyer: Address): boolean {
  const emergency = emergencyOf(chain);
  const tier = chain.tiers.get(buyer) ?? 0;
  if (tier === 0) return !emergency && !chain.membersOnly;
  if (!emergency || tier === 3) return true;
  const used = chain.used.get(buyer);
  return (
    used?.slot !== chain.now.slot || used.energyWh <= emergency[tier === 1 ? "normalWhPerSlot" : "essentialWhPerSlot"]
  );
}

/** A clearing names the trades just before it. Each must keep the rules that its parties rely on. */
export function applyClearing(chain: ReplayedChain, { slot, pricePerKwh, energyWh, trades: count }: SlotCleared): void {
  const problem = (text: string) => chain.clearingProblems.push(`slot ${slot}: ${text}`);
  const trades = count === 0 ? [] : chain.trades.slice(-count);
  const last = chain.lastClearing;
  if (slot < last.slot) problem(`cleared after slot ${last.slot}`);
  if (slot === last.slot && pricePerKwh !== last.pricePerKwh) problem(`two prices`);
  chain.lastClearing = { slot, pricePerKwh };
  if (trades.reduce((sum, trade) => sum + trade.energyWh, 0n) !== energyWh) problem("its trades have another sum");
  const cap = emergencyOf(chain)?.priceCap;
  if (cap !== undefined && pricePerKwh > cap) problem(`${pricePerKwh} is above the cap of ${cap}`);
  const limit = priceWithFee(pricePerKwh, chain.feeBps);
  for (const trade of trades) {
    if (trade.cleared || trade.slot !== slot || trade.pricePerKwh !== pricePerKwh) problem("a trade is not its own");
    trade.cleared = true;
    if (trade.seller === trade.buyer) problem(`${trade.buyer} bought from themselves`);
    const ask = chain.lots.get(lotKey(trade.seller, slot))?.ask ?? 0n;
    if (ask === 0n || ask > pricePerKwh) problem(`${trade.seller} asked ${ask}, got ${pricePerKwh}`);
    if (!isAllowed(chain, trade.buyer)) problem(`${trade.buyer} got more than tier and allowance let them`);
    const bid = chain.bids.get(trade.buyer);
    if (!bid || bid.slot > slot || bid.pricePerKwh < limit) {
      problem(`${trade.buyer} did not bid that`);
      continue;
    }
    bid.filledWh = (bid.slot === slot ? bid.filledWh : 0n) + trade.energyWh;
    bid.slot = slot;
    if (bid.filledWh > bid.maxWhPerSlot) problem(`${trade.buyer} got more than bid for`);
  }
}

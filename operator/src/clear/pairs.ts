// How the contract pairs two lists, and how a long clearing becomes several calls.
import type { Address } from "viem";
import { type Fill, least } from "./market.ts";

export interface Pair {
  seller: Address;
  buyer: Address;
  energyWh: bigint;
}

/** The trades that `clearSlot` makes of two lists where nobody is passed over. */
export function pairsOf(asks: readonly Fill[], bids: readonly Fill[]): Pair[] {
  const pairs: Pair[] = [];
  let [ask, bid] = [0, 0];
  let [askLeft, bidLeft] = [asks[0]?.energyWh ?? 0n, bids[0]?.energyWh ?? 0n];
  for (;;) {
    const [seller, buyer] = [asks[ask], bids[bid]];
    if (!seller || !buyer) return pairs;
    const energyWh = least(askLeft, bidLeft);
    if (energyWh > 0n) pairs.push({ seller: seller.participant, buyer: buyer.participant, energyWh });
    askLeft -= energyWh;
    bidLeft -= energyWh;
    if (askLeft === 0n) askLeft = asks[++ask]?.energyWh ?? 0n;
    if (bidLeft === 0n) bidLeft = bids[++bid]?.energyWh ?? 0n;
  }
}

/** The lists of one call. */
export interface Part {
  asks: Fill[];
  bids: Fill[];
  pairs: Pair[];
}

/**
 * Cuts a clearing between two pairs as often as needed for each call to make at most `mostPairs` trades. All calls
 * together make the trades of a single one; the two sums of each are equal, so that nothing is lost at a cut.
 */
export function split(asks: readonly Fill[], bids: readonly Fill[], mostPairs: number): Part[] {
  if (!Number.isInteger(mostPairs) || mostPairs < 1)
    throw new Error(`a call makes at least one trade, not ${mostPairs}`);
  const all = pairsOf(asks, bids);
  const parts: Part[] = [];
  for (let start = 0; start < all.length; start += mostPairs) {
    const pairs = all.slice(start, start + mostPairs);
    parts.push({ pairs, asks: joined(pairs, "seller"), bids: joined(pairs, "buyer") });
  }
  return parts;
}

/** One line for what a participant does in a row. */
function joined(pairs: readonly Pair[], side: "seller" | "buyer"): Fill[] {
  const fills: Fill[] = [];
  for (const { [side]: participant, energyWh } of pairs) {
    const last = fills.at(-1);
    if (last?.participant === participant) last.energyWh += energyWh;
    else fills.push({ participant, energyWh });
  }
  return fills;
}

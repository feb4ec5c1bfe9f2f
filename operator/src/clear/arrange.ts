import type { Address } from "viem";
import { type Fill, least, most, sumWh } from "./market.ts";
import { pairsOf } from "./pairs.ts";

/**
 * Orders two lists of the same sum so that the contract, which pairs them in order and passes over a bidder who meets
 * their own energy, never has to. Merit order stays where nobody meets themselves in it.
 *
 * Otherwise the bids take the order of the asks and move on by some Wh, the last ones to the front. Lay both lists out on a
 * circle of Q Wh: a participant's sales begin at S and are A long, their purchases begin at T and are B long. Moved on by d
 * they do not touch if A + S − T ≤ d ≤ Q − B + S − T. For two participants the lower bound of one never exceeds the upper
 * bound of the other by more than the lists allow: lower − upper is at most the sum of the sales, or of the purchases, from
 * the one to the other, less Q. So one d does for all as soon as nobody's A + B exceeds Q; the middle of the bounds keeps
 * clear of both, should a sale be a little less than planned.
 */
export function arrange(asks: readonly Fill[], bids: readonly Fill[]): { asks: Fill[]; bids: Fill[] } {
  const sides = feasible(asks, bids);
  if (!pairsOf(sides.asks, sides.bids).some(({ seller, buyer }) => seller === buyer)) return sides;
  const total = sumWh(sides.asks);
  const bought = new Map(sides.bids.map((fill) => [fill.participant, fill]));
  const selling = new Set(sides.asks.map(({ participant }) => participant));
  let [salesBegin, purchasesBegin, lower, upper] = [0n, 0n, -total, total];
  const inOrder: Fill[] = [];
  for (const { participant, energyWh: sold } of sides.asks) {
    const own = bought.get(participant);
    if (own) {
      const ahead = salesBegin - purchasesBegin;
      lower = most(lower, ahead + sold);
      upper = least(upper, ahead + total - own.energyWh);
      purchasesBegin += own.energyWh;
      inOrder.push(own);
    }
    salesBegin += sold;
  }
  inOrder.push(...sides.bids.filter(({ participant }) => !selling.has(participant)));
  return { asks: sides.asks, bids: movedOn(inOrder, (lower + upper) / 2n, total) };
}

/** Cuts both sides of a participant who has more than the rest can take, and the end of a list that is too long. */
function feasible(asks: readonly Fill[], bids: readonly Fill[]): { asks: Fill[]; bids: Fill[] } {
  const total = least(sumWh(asks), sumWh(bids));
  const even = { asks: cutTo(asks, total), bids: cutTo(bids, total) };
  const sold = new Map(even.asks.map(({ participant, energyWh }) => [participant, energyWh]));
  for (const { participant, energyWh } of even.bids) {
    const own = sold.get(participant) ?? 0n;
    const excess = own + energyWh - total;
    if (own === 0n || excess <= 0n) continue;
    return { asks: less(even.asks, participant, excess), bids: less(even.bids, participant, excess) };
  }
  return even;
}

function cutTo(fills: readonly Fill[], total: bigint): Fill[] {
  let left = total;
  return fills.flatMap(({ participant, energyWh }) => {
    const taken = least(energyWh, left);
    left -= taken;
    return taken > 0n ? [{ participant, energyWh: taken }] : [];
  });
}

const less = (fills: readonly Fill[], of: Address, by: bigint): Fill[] =>
  fills
    .map((fill) => (fill.participant === of ? { ...fill, energyWh: fill.energyWh - by } : fill))
    .filter(({ energyWh }) => energyWh > 0n);

/** What is last in the circle comes first; a line that lies across the beginning is cut in two. */
function movedOn(fills: readonly Fill[], by: bigint, total: bigint): Fill[] {
  const front: Fill[] = [];
  const back: Fill[] = [];
  // The Wh that stay behind the beginning.
  let left = total - (((by % total) + total) % total);
  for (const { participant, energyWh } of fills) {
    const stays = least(energyWh, left);
    left -= stays;
    if (stays > 0n) back.push({ participant, energyWh: stays });
    if (energyWh > stays) front.push({ participant, energyWh: energyWh - stays });
  }
  return [...front, ...back];
}

// The best clearing of a slot: a double auction with one price for all (pay-as-clear).
import { askWithinLimit } from "@gridx/contracts";
import type { Address } from "viem";
import { type Clearing, type Fill, least, type Market, most } from "./market.ts";
import { bestOfOthers } from "./own.ts";
import { type Line, shareOut } from "./share.ts";

/**
 * Maximises welfare, the sum over the Wh traded of net limit less ask, and among equals the energy: a pair that gains
 * nothing trades too. The net limit of a bid is the highest price of a seller that it still pays with the fee.
 *
 * Asks from the cheapest and bids from the highest are laid side by side as long as the ask is within the bid; that is
 * the volume. The price then lies between
 *
 *   the highest of: asks that trade, net limits of bids that keep something unserved, and
 *   the lowest of: net limits that trade, asks that keep something unsold,
 *
 * so that nobody trades outside a limit and nobody who is left out would gain at the price. Where the two differ the
 * price is free between them and is set in the middle, rounded down: the k-double auction with k = 1/2 (Chatterjee and
 * Samuelson, "Bargaining under incomplete information", 1983). A cap lowers both ends to itself: bids above it may then stay
 * unserved.
 *
 * Where that would give somebody their own energy, which nobody can buy, `bestOfOthers` finds the best clearing that does
 * not: the greatest welfare at one price, and what "left out" means there is said by `setAside`.
 *
 * Order of the input changes nothing. What is left to decide at the margin is in `shareOut`.
 */
export function solve(market: Market): Clearing {
  const { feeBps, priceCap, fixedPrice } = market;
  // A price that was fixed before a lower cap came into force allows nothing more.
  const barred = fixedPrice !== undefined && priceCap !== undefined && fixedPrice > priceCap;
  const highest = barred ? 0n : (fixedPrice ?? priceCap);
  const asks = sorted(
    market.asks
      .filter(({ pricePerKwh }) => pricePerKwh > 0n && (highest === undefined || pricePerKwh <= highest))
      .map(({ seller, energyWh, pricePerKwh }) => lineOf(seller, energyWh, pricePerKwh)),
    compareAsks,
  );
  const bids = sorted(
    market.bids
      .map(({ buyer, energyWh, limitPerKwh }) => lineOf(buyer, energyWh, askWithinLimit(limitPerKwh, feeBps)))
      .filter(({ price }) => price > 0n && (fixedPrice === undefined || price >= fixedPrice)),
    compareBids,
  );
  const clearing = matched(asks, bids, market);
  return meetsItself(clearing) ? bestOfOthers(asks, bids, market) : { ...clearing, setAside: [] };
}

const lineOf = (participant: Address, energyWh: bigint, price: bigint): Line => ({
  participant,
  key: participant.toLowerCase(),
  energyWh,
  price,
});

function sorted(lines: readonly Line[], compare: (a: Line, b: Line) => number): Line[] {
  if (new Set(lines.map(({ key }) => key)).size !== lines.length) throw new Error("a participant has two lines");
  return lines.filter(({ energyWh }) => energyWh > 0n).sort(compare);
}

const compareAsks = (a: Line, b: Line): number =>
  a.price === b.price ? (a.key < b.key ? -1 : 1) : a.price < b.price ? -1 : 1;
const compareBids = (a: Line, b: Line): number =>
  a.price === b.price ? (a.key < b.key ? -1 : 1) : a.price > b.price ? -1 : 1;

/** The best clearing of lines in merit order, as if own energy were like any other. */
function matched(asks: readonly Line[], bids: readonly Line[], { priceCap, fixedPrice }: Market) {
  let [ask, bid] = [0, 0];
  let [askLeft, bidLeft] = [asks[0]?.energyWh ?? 0n, bids[0]?.energyWh ?? 0n];
  let [energyWh, welfare, lowest, highest] = [0n, 0n, 0n, 0n];
  for (;;) {
    const [seller, buyer] = [asks[ask], bids[bid]];
    if (!seller || !buyer || seller.price > buyer.price) break;
    const paired = least(askLeft, bidLeft);
    energyWh += paired;
    welfare += paired * (buyer.price - seller.price);
    [lowest, highest] = [seller.price, buyer.price];
    askLeft -= paired;
    bidLeft -= paired;
    if (askLeft === 0n) askLeft = asks[++ask]?.energyWh ?? 0n;
    if (bidLeft === 0n) bidLeft = bids[++bid]?.energyWh ?? 0n;
  }
  // At both places stand the best lines that keep something; they no longer fit each other.
  lowest = most(lowest, bids[bid]?.price ?? 0n);
  highest = least(highest, asks[ask]?.price ?? highest);
  const middle = (lowest + highest) / 2n;
  const free = priceCap === undefined ? middle : (least(lowest, priceCap) + least(highest, priceCap)) / 2n;
  const pricePerKwh = energyWh === 0n ? 0n : (fixedPrice ?? free);
  return { pricePerKwh, energyWh, asks: shareOut(asks, energyWh), bids: shareOut(bids, energyWh), welfare };
}

/**
 * Whether the sales and purchases of a participant together exceed all that is traded: some of it could only be its own
 * energy, which nothing settles. Otherwise the lists can be ordered so that nobody meets themselves.
 */
function meetsItself({ asks, bids, energyWh }: { asks: Fill[]; bids: Fill[]; energyWh: bigint }): boolean {
  const sold = new Map(asks.map((fill) => [fill.participant, fill.energyWh]));
  return bids.some(({ participant, energyWh: bought }) => {
    const own = sold.get(participant) ?? 0n;
    return own > 0n && own + bought > energyWh;
  });
}

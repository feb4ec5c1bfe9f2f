// The asks and bids that stand on the chain, and how much of one more a clearing of them would serve.
import type { Balance } from "./rules.ts";

export interface StandingAsk {
  /** What its seller wants at least, the fee apart. */
  pricePerKwh: bigint;
  /** The part of all homes' surplus that is its seller's, 0 to 1. */
  share: number;
}

export interface StandingBid {
  /** The highest ask that it meets: its limit less the fee. */
  pricePerKwh: bigint;
  energyWh: bigint;
}

export interface Book {
  asks: readonly StandingAsk[];
  bids: readonly StandingBid[];
  /** Homes with panels, and all homes. */
  sellers: number;
  homes: number;
}

/** What of the book is better than a price, and what is at it. */
export interface Depth {
  /** Parts of the surplus. */
  asksBelow: number;
  asksAt: number;
  bidsAboveWh: number;
  bidsAtWh: number;
  ownSurplus: number;
  ownDeficit: number;
}

export function depthAt({ asks, bids, sellers, homes }: Book, price: bigint): Depth {
  let [asksBelow, asksAt, bidsAbove, bidsAt] = [0, 0, 0n, 0n];
  for (const { pricePerKwh, share } of asks) {
    if (pricePerKwh < price) asksBelow += share;
    else if (pricePerKwh === price) asksAt += share;
  }
  for (const { pricePerKwh, energyWh } of bids) {
    if (pricePerKwh > price) bidsAbove += energyWh;
    else if (pricePerKwh === price) bidsAt += energyWh;
  }
  return {
    ...{ asksBelow, asksAt, bidsAboveWh: Number(bidsAbove), bidsAtWh: Number(bidsAt) },
    // One more is as large as a home's usual one.
    ...{ ownSurplus: sellers > 0 ? 1 / sellers : 1, ownDeficit: homes > 0 ? 1 / homes : 1 },
  };
}

/**
 * The part of one more ask at the price that a clearing serves, 0 to 1. It serves the cheapest asks first and those at the margin
 * in proportion to their energy: what bids of this price and above still lack after all cheaper asks is for the asks at it.
 */
export function askShare({ asksBelow, asksAt, ownSurplus, bidsAboveWh, bidsAtWh }: Depth, outcome: Balance): number {
  const surplus = Number(outcome.surplusWh);
  return partOf(bidsAboveWh + bidsAtWh - asksBelow * surplus, (asksAt + ownSurplus) * surplus);
}

/** The mirror image: what asks of this price and below leave after all higher bids is for the bids at it. */
export function bidShare({ asksBelow, asksAt, bidsAboveWh, bidsAtWh, ownDeficit }: Depth, outcome: Balance): number {
  const left = (asksBelow + asksAt) * Number(outcome.surplusWh) - bidsAboveWh;
  return partOf(left, bidsAtWh + ownDeficit * Number(outcome.deficitWh));
}

const partOf = (left: number, wanted: number): number => (left <= 0 ? 0 : left >= wanted ? 1 : left / wanted);

/** A price that serves so much of what the best one does is as good: the next ones would only cost. */
const ENOUGH = 0.95;

/**
 * The wanted price, or where the orders that stand don't reach it, the nearest of theirs that serves about as much as the best
 * of them. `others` come with the nearest first.
 */
export function nearest(
  wanted: bigint,
  others: readonly bigint[],
  shareAt: (price: bigint) => number,
): { price: bigint; isMoved: boolean } {
  const tried = [wanted, ...others].map((price) => ({ price, share: shareAt(price) }));
  const best = tried.reduce((most, { share }) => Math.max(most, share), 0);
  const found = best > 0 ? tried.find(({ share }) => share >= ENOUGH * best) : undefined;
  return { price: found?.price ?? wanted, isMoved: found !== undefined && found.price !== wanted };
}

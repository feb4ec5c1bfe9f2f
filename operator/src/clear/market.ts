// What a clearing is made of. Energy in Wh, prices in token base units per kWh, all bigint.
import type { Address } from "viem";

/** What is left of one seller's lot. */
export interface Ask {
  seller: Address;
  energyWh: bigint;
  /** The least to receive per kWh; 0 is not for sale. */
  pricePerKwh: bigint;
}

/** What one buyer may still buy in the slot. */
export interface Bid {
  buyer: Address;
  energyWh: bigint;
  /** The most to pay per kWh, fee included; 0 is no bid. */
  limitPerKwh: bigint;
}

export interface Market {
  /** At most one of a seller. */
  asks: readonly Ask[];
  /** At most one of a buyer. */
  bids: readonly Bid[];
  feeBps: bigint;
  /** No price above it: an emergency's cap. */
  priceCap?: bigint;
  /** The price that a slot, cleared in part, has already. */
  fixedPrice?: bigint;
}

/** A line of `clearSlot`: the most to take of, or to give to, a participant. */
export interface Fill {
  participant: Address;
  energyWh: bigint;
}

export interface Clearing {
  /** What each seller receives per kWh; 0 where nothing can be traded. */
  pricePerKwh: bigint;
  energyWh: bigint;
  /** In merit order; both lists have the same sum. */
  asks: Fill[];
  bids: Fill[];
  /** Sum over the Wh traded of net bid limit less ask: thousandths of a base unit. */
  welfare: bigint;
  /** Sides that count with less than they have, or nothing: the rest could only have met the participant's other side. */
  setAside: { participant: Address; side: "ask" | "bid" }[];
}

export const sumWh = (lines: readonly { energyWh: bigint }[]): bigint =>
  lines.reduce((sum, { energyWh }) => sum + energyWh, 0n);

export const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);

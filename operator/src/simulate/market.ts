// How a household sells and buys. No chain here: what it knows is given, what it wants is returned.
import { priceWithFee } from "@gridx/contracts";
import type { Address } from "viem";
import { least } from "../clear/market.ts";
import { between, keyOf, shuffled } from "../random.ts";

const [ASK_STREAM, TURN_STREAM, LIMIT_STREAM] = [41, 42, 43];

/** Prices in hundredths of a token per kWh: about what an Indian home gets for surplus, and pays for supply. */
const FEED_IN_CENTS = 300;
const HIGHEST_ASK_CENTS = 700;
const RETAIL_CENTS = 800;
const LOWEST_LIMIT_CENTS = 600;
const STEP_CENTS = 25;

export interface Prices {
  feedIn: bigint;
  highestAsk: bigint;
  /** What a household pays elsewhere, and so the most it pays a neighbour, fee included. */
  retail: bigint;
  /** No household's bid is below. */
  lowestLimit: bigint;
  step: bigint;
}

export function pricesOf(tokenDecimals: number): Prices {
  const price = (cents: number) => (BigInt(cents) * 10n ** BigInt(tokenDecimals)) / 100n;
  return {
    feedIn: price(FEED_IN_CENTS),
    highestAsk: price(HIGHEST_ASK_CENTS),
    retail: price(RETAIL_CENTS),
    lowestLimit: price(LOWEST_LIMIT_CENTS),
    step: price(STEP_CENTS),
  };
}

/** What a household asks on its first day: between feed-in tariff and the highest ask, in its own mind. */
export function firstAsk(seed: number, name: string, { feedIn, highestAsk, step }: Prices): bigint {
  const steps = Number((highestAsk - feedIn) / step);
  return feedIn + BigInt(Math.floor(between(0, steps + 1, seed, ASK_STREAM, keyOf(name)))) * step;
}

/** The most a household bids, fee included: what it pays elsewhere, or somewhat less. */
export function limitOf(seed: number, name: string, { lowestLimit, retail, step }: Prices): bigint {
  const steps = Number((retail - lowestLimit) / step);
  return lowestLimit + BigInt(Math.floor(between(0, steps + 1, seed, LIMIT_STREAM, keyOf(name)))) * step;
}

/** What it asks the day after one on which it exported and sold this: unsold energy is cheaper tomorrow. */
export function nextAsk(ask: bigint, exportedWh: bigint, soldWh: bigint, { feedIn, highestAsk, step }: Prices): bigint {
  if (exportedWh === 0n) return ask;
  if (soldWh * 100n < exportedWh * 20n) return ask - step < feedIn ? feedIn : ask - step;
  if (soldWh * 100n > exportedWh * 60n) return ask + step > highestAsk ? highestAsk : ask + step;
  return ask;
}

export interface Offer {
  seller: Address;
  availableWh: bigint;
  ask: bigint;
}

export interface Need {
  buyer: Address;
  energyWh: bigint;
}

export interface Line {
  seller: Address;
  slot: number;
  energyWh: bigint;
  /** The most to pay, fee included. */
  pricePerKwh: bigint;
  /** What the seller asked when this was planned. */
  ask: bigint;
}

export interface Basket {
  buyer: Address;
  lines: Line[];
  energyWh: bigint;
  /** The household rather has nothing than less than this: half of what it saw. */
  minEnergyWh: bigint;
}

/**
 * Baskets of households that lack energy in a slot, from lots of that same slot: each takes the cheapest that is left
 * and never more than it lacks. Whose turn it is first changes from slot to slot.
 */
export function planBaskets(
  slot: number,
  needs: readonly Need[],
  offers: readonly Offer[],
  { seed, feeBps, prices }: { seed: number; feeBps: bigint; prices: Prices },
): Basket[] {
  const shelf = offers
    .filter(({ ask, availableWh }) => ask > 0n && availableWh > 0n && priceWithFee(ask, feeBps) <= prices.retail)
    .map((offer) => ({ ...offer }))
    .sort((a, b) => (a.ask === b.ask ? (a.seller < b.seller ? -1 : 1) : a.ask < b.ask ? -1 : 1));
  const baskets: Basket[] = [];
  for (const { buyer, energyWh } of shuffled(needs, seed, TURN_STREAM, slot)) {
    const lines: Line[] = [];
    let missing = energyWh;
    for (const offer of shelf) {
      if (missing === 0n) break;
      if (offer.seller === buyer || offer.availableWh === 0n) continue;
      const taken = least(missing, offer.availableWh);
      offer.availableWh -= taken;
      missing -= taken;
      lines.push({ seller: offer.seller, slot, energyWh: taken, pricePerKwh: prices.retail, ask: offer.ask });
    }
    const total = energyWh - missing;
    if (total > 0n) baskets.push({ buyer, lines, energyWh: total, minEnergyWh: (total + 1n) / 2n });
  }
  return baskets;
}

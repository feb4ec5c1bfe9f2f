// Random markets, and what is true of a clearing whatever made it. Shares no code with what is tested.
import type { Address } from "viem";
import { expect } from "vitest";
import type { Ask, Bid, Clearing, Fill, Market } from "../../src/clear/market.ts";
import { sequence } from "../../src/random.ts";

export const addressOf = (index: number): Address => `0x${(index + 1).toString(16).padStart(40, "0")}`;

export interface Shape {
  asks: number;
  bids: number;
  /** Participants with an ask and a bid. */
  both?: number;
  mostWh: number;
  highestPrice: number;
  feeBps?: number;
}

/** A market of up to so many asks and bids, by its seed. */
export function randomMarket(seed: number, { asks, bids, both = 0, mostWh, highestPrice, feeBps }: Shape): Market {
  const next = sequence(seed);
  const below = (limit: number) => Math.floor(next() * limit);
  const fees = [0n, 100n, 1000n];
  const market = {
    asks: [] as Ask[],
    bids: [] as Bid[],
    feeBps: feeBps === undefined ? fees[below(3)] : BigInt(feeBps),
  };
  const sellers = 1 + below(asks);
  for (let index = 0; index < sellers; index += 1)
    market.asks.push({
      seller: addressOf(index),
      energyWh: BigInt(below(mostWh + 1)),
      pricePerKwh: BigInt(below(highestPrice + 1)),
    });
  const buyers = 1 + below(bids);
  for (let index = 0; index < buyers; index += 1)
    market.bids.push({
      buyer: addressOf(index + (sellers - Math.min(both, sellers))),
      energyWh: BigInt(below(mostWh + 1)),
      limitPerKwh: BigInt(below(highestPrice + 1)),
    });
  return { ...market, feeBps: market.feeBps ?? 0n };
}

export const total = (fills: readonly { energyWh: bigint }[]): bigint =>
  fills.reduce((sum, { energyWh }) => sum + energyWh, 0n);
export const takenBy = (fills: readonly Fill[], who: Address): bigint =>
  total(fills.filter(({ participant }) => participant === who));

/** Highest seller's price whose price with the fee, rounded up, is within the limit: found by trying. */
export function netLimit(limit: bigint, feeBps: bigint): bigint {
  const withFee = (price: bigint) => (price * (10_000n + feeBps) + 9_999n) / 10_000n;
  let price = (limit * 10_000n) / (10_000n + feeBps) + 2n;
  while (withFee(price) > limit) price -= 1n;
  return price;
}

/** A clearing is one that everybody can live with: nobody outside a limit, nobody left out who would gain. */
export function expectSound({ asks, bids, feeBps, priceCap }: Market, clearing: Clearing): void {
  const { pricePerKwh: price, energyWh } = clearing;
  expect(total(clearing.asks)).toBe(energyWh);
  expect(total(clearing.bids)).toBe(energyWh);
  let [unsold, unserved]: [bigint | null, bigint | null] = [null, null];
  let welfare = 0n;
  const aside = (who: Address, side: "ask" | "bid") =>
    clearing.setAside.some(({ participant, side: left }) => participant === who && left === side);
  for (const { seller, energyWh: offered, pricePerKwh } of asks) {
    const sold = takenBy(clearing.asks, seller);
    welfare -= sold * pricePerKwh;
    expect(sold <= offered).toBe(true);
    if (sold > 0n) expect(pricePerKwh > 0n && pricePerKwh <= price).toBe(true);
    const open = sold < offered && pricePerKwh > 0n && !aside(seller, "ask");
    if (open && (unsold === null || pricePerKwh < unsold)) unsold = pricePerKwh;
  }
  for (const { buyer, energyWh: wanted, limitPerKwh } of bids) {
    const bought = takenBy(clearing.bids, buyer);
    const net = netLimit(limitPerKwh, feeBps);
    welfare += bought * net;
    expect(bought <= wanted).toBe(true);
    if (bought > 0n) expect((price * (10_000n + feeBps) + 9_999n) / 10_000n <= limitPerKwh).toBe(true);
    if (bought < wanted && net > 0n && !aside(buyer, "bid") && (unserved === null || net > unserved)) unserved = net;
  }
  expect(clearing.welfare).toBe(welfare);
  if (priceCap !== undefined) expect(price <= priceCap).toBe(true);
  // An ask above the cap is for sale to nobody.
  if (unsold !== null && priceCap !== undefined && unsold > priceCap) unsold = null;
  if (unsold !== null && unserved !== null) expect(unsold > unserved).toBe(true);
  if (energyWh === 0n) return;
  if (unsold !== null) expect(unsold >= price).toBe(true);
  if (unserved !== null && (priceCap === undefined || unserved <= priceCap)) expect(unserved <= price).toBe(true);
  if (unserved !== null && priceCap !== undefined && unserved > priceCap) expect(price).toBe(priceCap);
}

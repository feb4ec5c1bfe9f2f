// A community's year under one way of asking and bidding, cleared hour by hour as the operator clears a slot.
import { feeOf, paymentOf } from "@gridx/contracts";
import { arrange } from "@gridx/operator/clear/arrange";
import type { Market } from "@gridx/operator/clear/market";
import { pairsOf } from "@gridx/operator/clear/pairs";
import { solve } from "@gridx/operator/clear/solve";
import type { Address } from "viem";
import type { HomeForecast } from "../../src/price/scenarios.ts";
import type { GridTariff } from "../../src/price/tariff.ts";
import type { Community, Hour } from "./community.ts";
import { forecastsAt } from "./look-back.ts";

/** What a way of pricing knows when an hour begins. */
export interface Before {
  tariff: GridTariff;
  /** From the days before alone; null in the first ones. */
  homes: HomeForecast[] | null;
  /** Position of the hour, as the key of seeded randomness. */
  index: number;
  /** The hour as it came out: for comparisons with perfect foresight only. */
  hindsight: Hour;
}

/** What one home asks per kWh, and bids with the fee; null where it stays away. */
export interface Prices {
  ask: bigint | null;
  limit: bigint | null;
}

export interface Way {
  name: string;
  /** By home, in their order. */
  prices(before: Before): Prices[];
  /** A home bids for what it lacks (`metered`), or for what it lacked at the same hour of the days before (`ahead`). */
  bids: "metered" | "ahead";
}

/** Thousandths of a base unit, so that Wh times a price per kWh is whole. */
export interface Bill {
  gridOnly: bigint;
  community: bigint;
  trades: number;
}

export interface Outcome {
  bills: Bill[];
  tradedWh: bigint;
  producedWh: bigint;
  consumedWh: bigint;
  /** Used in the home that produced it. */
  ownUseWh: bigint;
  /** Bought by a home beyond what it then lacked. */
  unusedWh: bigint;
  /** What sellers received, from neighbours and from the grid. */
  revenue: bigint;
  fees: bigint;
  /** Of the hours that were cleared, in their order. */
  pricesPerKwh: bigint[];
}

const addressOf = (home: number): Address => `0x${(home + 1).toString(16).padStart(40, "0")}`;
const homeOf = (address: Address): number => Number(BigInt(address)) - 1;
const wh = (energy: number): bigint => BigInt(Math.max(0, energy));

export function backtest(community: Community, way: Way, base: Omit<GridTariff, "retailPerKwh">): Outcome {
  const outcome: Outcome = {
    bills: community.houses.map(() => ({ gridOnly: 0n, community: 0n, trades: 0 })),
    tradedWh: 0n,
    producedWh: 0n,
    consumedWh: 0n,
    ownUseWh: 0n,
    unusedWh: 0n,
    revenue: 0n,
    fees: 0n,
    pricesPerKwh: [],
  };
  for (const [index, hour] of community.hours.entries()) {
    const tariff = { ...base, retailPerKwh: hour.retailPerKwh };
    const homes = forecastsAt(community, index);
    playHour(outcome, hour, way, { tariff, homes, index, hindsight: hour });
  }
  return outcome;
}

/** An hour as it is cleared: each home with what it has left over, and bidding for what it lacks or `wanted`. */
export function marketOf(hour: Hour, prices: readonly Prices[], feeBps: bigint, wanted?: readonly bigint[]) {
  const surplus = hour.readings.map((reading) => wh(reading ? reading.productionWh - reading.consumptionWh : 0));
  const deficit = hour.readings.map((reading) => wh(reading ? reading.consumptionWh - reading.productionWh : 0));
  const market: Market = {
    asks: surplus.map((energyWh, home) => ({
      seller: addressOf(home),
      energyWh,
      pricePerKwh: prices[home]?.ask ?? 0n,
    })),
    bids: prices.map(({ limit }, home) => ({
      buyer: addressOf(home),
      energyWh: (wanted ?? deficit)[home] ?? 0n,
      limitPerKwh: limit ?? 0n,
    })),
    feeBps,
  };
  return { market, surplus, deficit };
}

function playHour(outcome: Outcome, hour: Hour, way: Way, before: Before): void {
  const { retailPerKwh, feedInPerKwh, feeBps } = before.tariff;
  const ahead = () => (before.homes ?? []).map(({ load, solar }) => wh(Math.floor(load.medianWh - solar.medianWh)));
  const wanted = way.bids === "metered" ? undefined : ahead();
  const { market, surplus, deficit } = marketOf(hour, way.prices(before), feeBps, wanted);
  const clearing = solve(market);
  const { asks, bids } = arrange(clearing.asks, clearing.bids);
  const [sold, bought] = [surplus.map(() => 0n), surplus.map(() => 0n)];
  const money = surplus.map(() => 0n);
  for (const { seller, buyer, energyWh } of pairsOf(asks, bids)) {
    const payment = paymentOf(energyWh, clearing.pricePerKwh);
    const fee = feeOf(payment, feeBps);
    const [from, to] = [homeOf(seller), homeOf(buyer)];
    sold[from] = (sold[from] ?? 0n) + energyWh;
    bought[to] = (bought[to] ?? 0n) + energyWh;
    money[from] = (money[from] ?? 0n) + payment;
    money[to] = (money[to] ?? 0n) - payment - fee;
    outcome.fees += fee;
    outcome.tradedWh += energyWh;
    outcome.revenue += payment * 1000n;
    for (const home of [from, to]) {
      const bill = outcome.bills[home];
      if (bill) bill.trades += 1;
    }
  }
  if (clearing.energyWh > 0n) outcome.pricesPerKwh.push(clearing.pricePerKwh);
  for (const [home, bill] of outcome.bills.entries()) {
    const reading = hour.readings[home];
    const [left, lacks] = [surplus[home] ?? 0n, deficit[home] ?? 0n];
    const unused = (bought[home] ?? 0n) - lacks;
    const fromGrid = unused < 0n ? -unused : 0n;
    const toGrid = (left - (sold[home] ?? 0n)) * feedInPerKwh;
    bill.gridOnly += lacks * retailPerKwh - left * feedInPerKwh;
    bill.community += fromGrid * retailPerKwh - toGrid - (money[home] ?? 0n) * 1000n;
    outcome.revenue += toGrid;
    outcome.unusedWh += unused > 0n ? unused : 0n;
    outcome.producedWh += wh(reading?.productionWh ?? 0);
    outcome.consumedWh += wh(reading?.consumptionWh ?? 0);
    outcome.ownUseWh += wh(Math.min(reading?.productionWh ?? 0, reading?.consumptionWh ?? 0));
  }
}

/** Homes that pay more than with the grid alone, by more than the rounding of their trades: one base unit each. */
export const worseOff = ({ bills }: Outcome): number[] =>
  bills.flatMap(({ gridOnly, community, trades }, home) =>
    community > gridOnly + BigInt(trades) * 1000n ? [home] : [],
  );

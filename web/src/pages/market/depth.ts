// How much is offered and wanted at each price.
import { priceWithFee } from "@gridx/contracts";
import type { Bid } from "@gridx/indexer/client";
import type { Address } from "viem";
import { leftWh } from "./lot.ts";
import type { ShelfLot } from "./shelf.ts";

export interface DepthRow {
  side: "ask" | "bid";
  who: Address;
  /** Of the energy; null of a bid, which stands for each slot. */
  slot: number | null;
  /** What a buyer pays, or pays at most: with the fee. */
  pricePerKwh: bigint;
  energyWh: bigint;
  /** All there is at this price or a better one. */
  sumWh: bigint;
}

export interface Depth {
  /** Cheapest first. */
  asks: DepthRow[];
  /** Highest first. */
  bids: DepthRow[];
}

interface Book {
  /** Cheapest first. */
  lots: readonly ShelfLot[];
  bids: readonly Bid[];
  feeBps: number;
  /** Only its lots, and the bids that serve it. */
  slot: number | null;
}

export function depthOf({ lots, bids, feeBps, slot }: Book): Depth {
  const offered = lots.filter((lot) => slot === null || lot.slot === slot);
  const wanted = bids.filter(({ fromSlot }) => slot === null || fromSlot <= slot);
  return {
    asks: summed(
      offered.map((lot) => ({
        ...{ side: "ask" as const, who: lot.seller, slot: lot.slot, energyWh: leftWh(lot) },
        pricePerKwh: priceWithFee(lot.ask, BigInt(feeBps)),
      })),
    ),
    bids: summed(
      wanted.map(({ buyer, pricePerKwh, maxWhPerSlot }) => ({
        ...{ side: "bid" as const, who: buyer, slot: null, energyWh: maxWhPerSlot, pricePerKwh },
      })),
    ),
  };
}

function summed(rows: readonly Omit<DepthRow, "sumWh">[]): DepthRow[] {
  let sumWh = 0n;
  return rows.map((row) => {
    sumWh += row.energyWh;
    return { ...row, sumWh };
  });
}

export interface DepthPoint {
  pricePerKwh: bigint;
  /** Offered at this price or less. */
  offeredWh: bigint;
  /** Wanted at this price or more. */
  wantedWh: bigint;
}

/** Each price that somebody names, ascending. */
export function pointsOf({ asks, bids }: Depth): DepthPoint[] {
  const prices = [...new Set([...asks, ...bids].map(({ pricePerKwh }) => pricePerKwh))].sort(ascending);
  return prices.map((pricePerKwh) => ({
    pricePerKwh,
    offeredWh: asks.findLast((row) => row.pricePerKwh <= pricePerKwh)?.sumWh ?? 0n,
    wantedWh: bids.findLast((row) => row.pricePerKwh >= pricePerKwh)?.sumWh ?? 0n,
  }));
}

const ascending = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

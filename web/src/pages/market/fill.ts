// Which lots make up an amount of energy, cheapest first.
import type { Address } from "viem";
import { least } from "../../figures/extremes.ts";
import type { BasketLine } from "../../tx/orders/basket.ts";
import { leftWh } from "./lot.ts";
import type { ShelfLot } from "./shelf.ts";

/** More would make one call large, and each is asked about on the chain before. */
export const MOST_LINES = 20;

export interface Wanted {
  energyWh: bigint;
  /** Nobody buys from themselves. */
  buyer: Address | undefined;
  /** Of this one alone. */
  seller?: Address;
}

export interface Basket {
  lines: BasketLine[];
  /** What could be found of it, in so many lots. */
  foundWh: bigint;
}

/** `lots` are cheapest first. */
export function fillBasket(lots: readonly ShelfLot[], { energyWh, buyer, seller }: Wanted): Basket {
  const lines: BasketLine[] = [];
  let foundWh = 0n;
  for (const lot of buyable(lots, buyer, seller)) {
    if (foundWh >= energyWh || lines.length >= MOST_LINES) break;
    const taken = least(leftWh(lot), energyWh - foundWh);
    lines.push({ seller: lot.seller, slot: lot.slot, energyWh: taken, ask: lot.ask });
    foundWh += taken;
  }
  return { lines, foundWh };
}

function buyable(lots: readonly ShelfLot[], buyer: Address | undefined, seller: Address | undefined): ShelfLot[] {
  return lots.filter(
    (lot) =>
      !lot.aboveCap && lot.seller !== buyer && leftWh(lot) > 0n && (seller === undefined || lot.seller === seller),
  );
}

/** The most that one call can buy. */
export const mostOf = (lots: readonly ShelfLot[], buyer: Address | undefined, seller?: Address): bigint =>
  fillBasket(lots, { energyWh: 2n ** 64n, buyer, seller }).foundWh;

/** Who has something on the shelf, the cheapest first. */
export function sellersOf(lots: readonly ShelfLot[], buyer: Address | undefined): Address[] {
  return [...new Set(buyable(lots, buyer, undefined).map((lot) => lot.seller))];
}

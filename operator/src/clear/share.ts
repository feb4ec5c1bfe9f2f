import type { Address } from "viem";
import { type Fill, least, sumWh } from "./market.ts";

/** One side's offer at a price that can be compared with the other side's. */
export interface Line {
  participant: Address;
  /** The address in small letters: the order among equals. */
  key: string;
  energyWh: bigint;
  price: bigint;
}

/**
 * Who gets how much of a side's total. Better prices are served first and in full. At the price where it no longer
 * suffices all lines share what is left in proportion to their energy, rounded down; the Wh that the rounding leaves
 * go one each to the first lines in ascending order of address. Takes lines in merit order.
 */
export function shareOut(lines: readonly Line[], totalWh: bigint): Fill[] {
  const fills: Fill[] = [];
  let left = totalWh;
  for (let start = 0; start < lines.length && left > 0n; ) {
    const price = lines[start]?.price;
    let end = start;
    while (lines[end]?.price === price && end < lines.length) end += 1;
    // Equals stand in order of address already.
    const level = lines.slice(start, end);
    const offeredWh = sumWh(level);
    const givenWh = least(offeredWh, left);
    const shares = level.map(({ energyWh }) => (energyWh * givenWh) / offeredWh);
    let rest = shares.reduce((sum, share) => sum - share, givenWh);
    for (const [index, { participant }] of level.entries()) {
      const extra = rest > 0n ? 1n : 0n;
      rest -= extra;
      const energyWh = (shares[index] ?? 0n) + extra;
      if (energyWh > 0n) fills.push({ participant, energyWh });
    }
    left -= givenWh;
    start = end;
  }
  return fills;
}

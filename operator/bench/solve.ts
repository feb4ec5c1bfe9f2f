// How long the best clearing of a large slot takes, beside sorting its asks and bids once: `npm run bench clearing`.
import type { Address } from "viem";
import { arrange } from "../src/clear/arrange.ts";
import { split } from "../src/clear/pairs.ts";
import { solve } from "../src/clear/solve.ts";
import { sequence } from "../src/random.ts";

const ROUNDS = 15;
const addressOf = (index: number): Address => `0x${(index * 2_654_435_761).toString(16).padStart(40, "0")}`;

for (const count of [100, 1_000, 10_000]) {
  const next = sequence(count);
  const some = (low: number, high: number) => BigInt(Math.floor(low + (high - low) * next()));
  const indices = Array.from({ length: count }, (_, index) => index);
  const market = {
    asks: indices.map((i) => ({ seller: addressOf(i), energyWh: some(1, 1500), pricePerKwh: some(3e6, 7e6) })),
    // Half of the bidders also sell.
    bids: indices.map((i) => ({
      buyer: addressOf(i + count / 2),
      energyWh: some(1, 900),
      limitPerKwh: some(4e6, 8e6),
    })),
    feeBps: 100n,
  };
  const times = Array.from({ length: ROUNDS }, () => {
    const begun = performance.now();
    [...market.asks].sort((a, b) => Number(a.pricePerKwh - b.pricePerKwh));
    [...market.bids].sort((a, b) => Number(b.limitPerKwh - a.limitPerKwh));
    const started = performance.now();
    const clearing = solve(market);
    const solved = performance.now();
    const { asks, bids } = arrange(clearing.asks, clearing.bids);
    const calls = split(asks, bids, 300).length;
    return {
      sort: started - begun,
      solve: solved - started,
      rest: performance.now() - solved,
      calls,
      wh: clearing.energyWh,
    };
  });
  const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
  const [sorting, solving] = [median(times.map((t) => t.sort)), median(times.map((t) => t.solve))];
  const arranging = median(times.map((t) => t.rest));
  const { calls, wh } = times[0] ?? {};
  process.stdout.write(
    `${count} asks and ${count} bids: solved in ${solving.toFixed(1)} ms, ${(solving / sorting).toFixed(1)} times sorting them once ` +
      `(${sorting.toFixed(1)} ms); arranged and split in ${arranging.toFixed(1)} ms; ${wh} Wh, ${calls} calls\n`,
  );
}

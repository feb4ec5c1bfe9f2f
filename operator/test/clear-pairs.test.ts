import { paymentOf } from "@gridx/contracts";
import type { Address } from "viem";
import { describe, expect, test } from "vitest";
import { affordableWh } from "../src/clear/afford.ts";
import { arrange } from "../src/clear/arrange.ts";
import type { Fill } from "../src/clear/market.ts";
import { pairsOf, split } from "../src/clear/pairs.ts";
import { solve } from "../src/clear/solve.ts";
import { sequence } from "../src/random.ts";
import { addressOf, randomMarket, takenBy, total } from "./support/markets.ts";

/** One Wh after the other, as two queues: the walk of the contract without its arithmetic. */
function byWattHour(asks: readonly Fill[], bids: readonly Fill[]): [Address, Address][] {
  const each = (fills: readonly Fill[]) =>
    fills.flatMap(({ participant, energyWh }) => Array.from({ length: Number(energyWh) }, () => participant));
  const [sellers, buyers] = [each(asks), each(bids)];
  return sellers.slice(0, buyers.length).map((seller, index) => [seller, buyers[index] ?? "0x"]);
}
const spread = (pairs: readonly { seller: Address; buyer: Address; energyWh: bigint }[]): [Address, Address][] =>
  pairs.flatMap(({ seller, buyer, energyWh }) =>
    Array.from({ length: Number(energyWh) }, (): [Address, Address] => [seller, buyer]),
  );

const shape = { asks: 12, bids: 12, mostWh: 30, highestPrice: 9 };

describe("pairs", () => {
  test("are what laying both lists side by side, Wh by Wh, gives", () => {
    for (let seed = 0; seed < 500; seed += 1) {
      const { asks, bids } = solve(randomMarket(seed, shape));
      const pairs = pairsOf(asks, bids);
      expect(spread(pairs)).toEqual(byWattHour(asks, bids));
      expect(pairs.length).toBeLessThan(Math.max(1, asks.length + bids.length));
    }
  });

  test("of several calls are those of one, each call's sums are equal, and none makes more than its most", () => {
    for (let seed = 0; seed < 500; seed += 1) {
      const market = randomMarket(seed, { ...shape, both: 8 });
      const { asks, bids } = arrange(...fillsOf(solve(market)));
      const most = 1 + (seed % 7);
      const parts = split(asks, bids, most);
      for (const part of parts) {
        expect(total(part.asks)).toBe(total(part.bids));
        expect(part.pairs.length).toBeLessThanOrEqual(most);
        expect(pairsOf(part.asks, part.bids)).toEqual(part.pairs);
      }
      expect(parts.flatMap((part) => pairsOf(part.asks, part.bids))).toEqual(pairsOf(asks, bids));
      expect(parts).toHaveLength(Math.ceil(pairsOf(asks, bids).length / most));
    }
    expect(() => split([], [], 0)).toThrow("at least one");
  });
});

const fillsOf = ({ asks, bids }: { asks: Fill[]; bids: Fill[] }): [Fill[], Fill[]] => [asks, bids];

describe("the order of the lines", () => {
  test("meets nobody's own energy and changes nobody's amount, whoever sells and buys", () => {
    let moved = 0;
    for (let seed = 0; seed < 3000; seed += 1) {
      const market = randomMarket(seed, { asks: 8, bids: 8, both: 8, mostWh: 40, highestPrice: 3 });
      const clearing = solve(market);
      const { asks, bids } = arrange(clearing.asks, clearing.bids);
      expect(pairsOf(asks, bids).filter(({ seller, buyer }) => seller === buyer)).toEqual([]);
      expect(total(asks)).toBe(clearing.energyWh);
      for (const { participant, energyWh } of clearing.asks) expect(takenBy(asks, participant)).toBe(energyWh);
      for (const { participant, energyWh } of clearing.bids) expect(takenBy(bids, participant)).toBe(energyWh);
      const meets = pairsOf(clearing.asks, clearing.bids).some(({ seller, buyer }) => seller === buyer);
      if (meets) moved += 1;
      else expect([asks, bids]).toEqual(fillsOf(clearing));
    }
    expect(moved).toBeGreaterThan(300);
  });

  test("takes any two lists: cuts what is too long, and of one who has too much both sides", () => {
    const next = sequence(3);
    const some = () => [0, 1, 2, 3].flatMap((i) => line(addressOf(i), BigInt(Math.floor(next() * 9))));
    for (let round = 0; round < 3000; round += 1) {
      const [asks, bids] = [some(), some()];
      const arranged = arrange(asks, bids);
      const pairs = pairsOf(arranged.asks, arranged.bids);
      expect(pairs.every(({ seller, buyer }) => seller !== buyer)).toBe(true);
      expect(total(arranged.asks)).toBe(total(arranged.bids));
      expect(total(pairs)).toBe(total(arranged.asks));
      for (const { participant, energyWh } of arranged.asks)
        expect(takenBy(arranged.asks, participant) <= takenBy(asks, participant) && energyWh > 0n).toBe(true);
    }
  });
});

const line = (participant: Address, energyWh: bigint): Fill[] => (energyWh > 0n ? [{ participant, energyWh }] : []);

test("a bidder can pay what the balance was reckoned to afford, however it is cut, and hardly more", () => {
  const next = sequence(11);
  const below = (limit: number) => BigInt(Math.floor(next() * limit));
  for (let round = 0; round < 5000; round += 1) {
    const feeBps = below(1001);
    const [balance, limit] = [below(round % 2 ? 5000 : 1_000_000), below(round % 3 ? 3000 : 9_000_000) + 1n];
    const pairs = Number(below(5)) + 1;
    const energyWh = affordableWh(balance, limit, feeBps, BigInt(pairs));
    const highest = (limit * 10_000n) / (10_000n + feeBps);
    const costOf = (wh: bigint, price: bigint) => {
      const payment = paymentOf(wh, price);
      return payment + (payment * feeBps) / 10_000n;
    };
    for (const price of [highest, (highest + 1n) / 2n, 1n]) {
      if (price === 0n || price > highest) continue;
      let [left, spent] = [energyWh, 0n];
      for (let pair = pairs; pair > 0; pair -= 1) {
        const wh = pair === 1 ? left : below(Number(left) + 1);
        left -= wh;
        if (wh > 0n) spent += costOf(wh, price);
      }
      expect(spent <= balance).toBe(true);
    }
    // In one trade not a single Wh more.
    if (pairs === 1 && highest > 0n) expect(costOf(energyWh + 1n, highest) > balance).toBe(true);
  }
});

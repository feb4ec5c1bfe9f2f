import fc from "fast-check";
import { type Address, getAddress, toHex } from "viem";
import { describe, expect, test } from "vitest";
import { firstAsk, nextAsk, planBaskets, pricesOf } from "../src/simulate/market.ts";

const prices = pricesOf(6);
const address = fc.integer({ min: 1, max: 12 }).map((n): Address => getAddress(toHex(n, { size: 20 })));
const energy = fc.bigInt({ min: 0n, max: 5_000n });
const offers = fc.uniqueArray(
  fc.record({ seller: address, availableWh: energy, ask: fc.bigInt({ min: 0n, max: 9_000_000n }) }),
  { selector: ({ seller }) => seller },
);
const needs = fc.uniqueArray(fc.record({ buyer: address, energyWh: energy.filter((wh) => wh > 0n) }), {
  selector: ({ buyer }) => buyer,
});

describe("baskets", () => {
  test("nobody gets more than they lack, no lot gives more than it has, nobody buys from themselves or too dear", () => {
    fc.assert(
      fc.property(offers, needs, fc.nat(1000), (shelf, wants, slot) => {
        const baskets = planBaskets(slot, wants, shelf, { seed: 1, feeBps: 100n, prices });
        const sold = new Map<Address, bigint>();
        for (const { buyer, lines, energyWh, minEnergyWh } of baskets) {
          const want = wants.find((need) => need.buyer === buyer)?.energyWh ?? 0n;
          expect(energyWh <= want && energyWh > 0n && minEnergyWh > 0n && minEnergyWh <= energyWh).toBe(true);
          expect(lines.reduce((sum, line) => sum + line.energyWh, 0n)).toBe(energyWh);
          for (const [index, line] of lines.entries()) {
            expect(line.seller).not.toBe(buyer);
            expect(line.slot).toBe(slot);
            expect(line.ask > 0n && (line.ask * 101n + 99n) / 100n <= prices.retail).toBe(true);
            expect((lines[index - 1]?.ask ?? 0n) <= line.ask).toBe(true);
            sold.set(line.seller, (sold.get(line.seller) ?? 0n) + line.energyWh);
          }
        }
        for (const [seller, wh] of sold) {
          expect(wh <= (shelf.find((offer) => offer.seller === seller)?.availableWh ?? 0n)).toBe(true);
        }
        // Whoever still lacks something found nothing left that it could buy.
        for (const { buyer, energyWh } of wants) {
          const got = baskets.find((basket) => basket.buyer === buyer)?.energyWh ?? 0n;
          if (got === energyWh) continue;
          for (const { seller, availableWh, ask } of shelf) {
            const usable = seller !== buyer && ask > 0n && (ask * 101n + 99n) / 100n <= prices.retail;
            if (usable) expect(availableWh - (sold.get(seller) ?? 0n)).toBe(0n);
          }
        }
      }),
    );
  });

  test("asks stay between feed-in tariff and their ceiling, fall when unsold and rise when sold out", () => {
    for (const name of ["a", "b", "c"]) {
      const ask = firstAsk(1, name, prices);
      expect(ask >= prices.feedIn && ask <= prices.highestAsk).toBe(true);
    }
    expect(nextAsk(5_000_000n, 1000n, 0n, prices)).toBe(4_750_000n);
    expect(nextAsk(5_000_000n, 1000n, 1000n, prices)).toBe(5_250_000n);
    expect(nextAsk(5_000_000n, 0n, 0n, prices)).toBe(5_000_000n);
    expect(nextAsk(prices.feedIn, 1000n, 0n, prices)).toBe(prices.feedIn);
    expect(nextAsk(prices.highestAsk, 1000n, 900n, prices)).toBe(prices.highestAsk);
  });
});

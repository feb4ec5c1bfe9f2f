import { priceWithFee } from "@gridx/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { midMarketPrice, supplyDemandPrice } from "../../src/price/rules.ts";
import { rangeOf } from "../../src/price/tariff.ts";

const RUNS = { seed: 3, numRuns: 300 };
const amount = (least: bigint, most: bigint) => fc.bigInt({ min: least, max: most });
const tariffs = fc
  .record({ feedInPerKwh: amount(1n, 10n ** 9n), above: amount(0n, 10n ** 9n), feeBps: amount(0n, 1000n) })
  .map(({ feedInPerKwh, above, feeBps }) => ({ feedInPerKwh, feeBps, retailPerKwh: feedInPerKwh + above }));
const balances = fc.record({ surplusWh: amount(0n, 10n ** 7n), deficitWh: amount(0n, 10n ** 7n) });

describe("the price of the supply-demand ratio", () => {
  it("is Liu's formula", () => {
    fc.assert(
      fc.property(balances, tariffs, (balance, tariff) => {
        const range = rangeOf(tariff);
        fc.pre(range !== null && (balance.surplusWh > 0n || balance.deficitWh > 0n));
        const [sell, buy] = [Number(range?.lowest), Number(range?.highest)];
        const sdr = Number(balance.surplusWh) / Number(balance.deficitWh);
        const expected = sdr > 1 ? sell : (sell * buy) / ((buy - sell) * sdr + sell);
        const price = Number(supplyDemandPrice(balance, range ?? { lowest: 0n, highest: 0n }));
        expect(price).toBeLessThanOrEqual(expected * (1 + 1e-12));
        expect(price).toBeGreaterThan(expected * (1 - 1e-12) - 1);
      }),
      RUNS,
    );
  });

  it("by hand: half as much left over as lacking, 2 and 8 of the grid, is 3.2; none is 8; as much is 2", () => {
    const range = { lowest: 2_000_000n, highest: 8_000_000n };
    expect(supplyDemandPrice({ surplusWh: 500n, deficitWh: 1000n }, range)).toBe(3_200_000n);
    expect(supplyDemandPrice({ surplusWh: 0n, deficitWh: 1000n }, range)).toBe(8_000_000n);
    expect(supplyDemandPrice({ surplusWh: 1000n, deficitWh: 1000n }, range)).toBe(2_000_000n);
    expect(supplyDemandPrice({ surplusWh: 1000n, deficitWh: 0n }, range)).toBe(2_000_000n);
    expect(supplyDemandPrice({ surplusWh: 0n, deficitWh: 0n }, range)).toBeNull();
  });

  it("never rises with more supply, and with the mid-market rate lies where both sides do no worse than with the grid", () => {
    fc.assert(
      fc.property(balances, amount(0n, 10n ** 6n), tariffs, (balance, more, tariff) => {
        const range = rangeOf(tariff);
        if (!range) return;
        const price = supplyDemandPrice(balance, range);
        const cheaper = supplyDemandPrice({ ...balance, surplusWh: balance.surplusWh + more }, range);
        if (price !== null && cheaper !== null) expect(cheaper).toBeLessThanOrEqual(price);
        for (const each of [price, midMarketPrice(range)]) {
          if (each === null) continue;
          expect(each).toBeGreaterThanOrEqual(tariff.feedInPerKwh);
          expect(priceWithFee(each, tariff.feeBps)).toBeLessThanOrEqual(tariff.retailPerKwh);
        }
      }),
      RUNS,
    );
  });
});

it("there is no range where the fee eats what lies between feed-in tariff and retail price", () => {
  expect(rangeOf({ feedInPerKwh: 100n, retailPerKwh: 105n, feeBps: 1000n })).toBeNull();
  expect(rangeOf({ feedInPerKwh: 100n, retailPerKwh: 110n, feeBps: 1000n })).toEqual({ lowest: 100n, highest: 100n });
});

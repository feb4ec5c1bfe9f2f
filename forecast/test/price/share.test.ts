// How much of an ask or a bid is expected to be served, against what the operator's clearing really allots.
import { solve } from "@gridx/operator/clear/solve";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HomeForecast, Quantiles } from "../../src/price/scenarios.ts";
import { boughtShare, soldShare } from "../../src/price/share.ts";
import { priceSlot } from "../../src/price/suggest.ts";

const tariff = { retailPerKwh: 8_080_000n, feedInPerKwh: 2_000_000n, feeBps: 100n };
const addressOf = (home: number) => `0x${(home + 1).toString(16).padStart(40, "0")}` as const;

const quantiles = fc
  .tuple(fc.nat(3000), fc.nat(3000), fc.nat(3000))
  .map((wh) => wh.sort((a, b) => a - b))
  .map(([lowerWh = 0, medianWh = 0, upperWh = 0]): Quantiles => ({ lowerWh, medianWh, upperWh }));
const homes = fc
  .array(fc.record({ load: quantiles, solar: quantiles }), { minLength: 5, maxLength: 12 })
  .map((list) => list.map((home, index): HomeForecast => ({ owner: `${index}`, ...home })));

describe("the share that is expected to be served", () => {
  it("lies within 0 and 1, and never below the forecast's chance that all is served", () => {
    fc.assert(
      fc.property(homes, fc.nat(20_000), (homes, bidsWh) => {
        const slot = priceSlot({ tariff, homes, bidsWh: BigInt(bidsWh), past: [] });
        for (const { chance, expectedShare } of slot ? [slot.ask, slot.bid] : []) {
          if (expectedShare === null) continue;
          expect(chance?.basis).toBe("forecast");
          expect(expectedShare).toBeGreaterThanOrEqual(chance?.probability ?? 1);
          expect(expectedShare).toBeLessThanOrEqual(1);
        }
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it("is in each outcome what the clearing gives everybody who asks and bids alike, to the Wh", () => {
    const nets = fc.array(fc.integer({ min: -4000, max: 4000 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(nets, (nets) => {
        const asks = nets.map((net, home) => ({
          seller: addressOf(home),
          energyWh: BigInt(Math.max(0, net)),
          pricePerKwh: 3_000_000n,
        }));
        const bids = nets.map((net, home) => ({
          buyer: addressOf(home),
          energyWh: BigInt(Math.max(0, -net)),
          limitPerKwh: 4_000_000n,
        }));
        const sum = (lines: readonly { energyWh: bigint }[]) => lines.reduce((all, { energyWh }) => all + energyWh, 0n);
        const balance = { surplusWh: sum(asks), deficitWh: sum(bids) };
        const clearing = solve({ asks, bids, feeBps: tariff.feeBps });
        const given = new Map([...clearing.asks, ...clearing.bids].map((fill) => [fill.participant, fill.energyWh]));
        for (const [home, net] of nets.entries()) {
          const share = net > 0 ? soldShare(balance) : boughtShare(balance);
          expect(Math.abs(Number(given.get(addressOf(home)) ?? 0n) - share * Math.abs(net))).toBeLessThanOrEqual(1);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it.each([
    ["nothing lacking", 1000n, 0n, 0, 1],
    ["nothing left over", 0n, 1000n, 1, 0],
    ["neither", 0n, 0n, 0, 0],
    ["as much as is lacking", 700n, 700n, 1, 1],
    ["four times what is lacking", 1000n, 250n, 0.25, 1],
  ])("with %s", (_, surplusWh, deficitWh, sold, bought) => {
    const balance = { surplusWh, deficitWh };
    expect([soldShare(balance), boughtShare(balance)]).toEqual([sold, bought]);
  });

  it("counts outcomes whose price is below the ask as unsold: who asks less is served first", () => {
    // One sun over all: in about one outcome of twenty there is as much as is lacking, and the price falls to the feed-in tariff.
    const exactly = (wh: number): Quantiles => ({ lowerWh: wh, medianWh: wh, upperWh: wh });
    const solar = { lowerWh: 200, medianWh: 500, upperWh: 900 };
    const five = Array.from({ length: 5 }, (_, home) => ({
      owner: `${home}`,
      load: exactly(home === 0 ? 0 : 240),
      solar: home === 0 ? solar : exactly(0),
    }));
    const slot = priceSlot({ tariff, homes: five, bidsWh: 0n, past: [] });
    expect(slot?.ask.pricePerKwh).toBeGreaterThan(tariff.feedInPerKwh);
    expect(slot?.ask.expectedShare).toBeCloseTo(0.9, 1);
    expect(slot?.ask.expectedShare).toBeLessThan(0.95);
  });
});

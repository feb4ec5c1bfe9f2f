// Prices as an answer shows them: decimal text in the settlement token, never a float.
import { formatUnits } from "viem";
import type { Ratio, Why } from "./reasons.ts";
import type { SlotPrice, Suggestion } from "./suggest.ts";
import { type TieredTariff, tieredPrice } from "./tiered.ts";

export interface Token {
  symbol: string;
  decimals: number;
}

/** At least two digits after the point, more where they are needed: `5000000n` with six decimals → `5.00`. */
export function formatAmount(baseUnits: bigint, decimals: number): string {
  const text = formatUnits(baseUnits, decimals);
  const [units = "0", fraction = ""] = text.split(".");
  return `${units}.${fraction.padEnd(2, "0")}`;
}

/** The tiered price of a demand, with what it is made of. */
export function presentTiered(demandKwh: number, tariff: TieredTariff, { decimals }: Token) {
  const { tier, step, pricePerKwh } = tieredPrice(demandKwh, tariff);
  const [base, less, more] = [tariff.base, -tariff.lowStep, tariff.highStep].map((amount) =>
    formatAmount(amount, decimals),
  );
  const rules = {
    low: `demand below ${tariff.lowBelowKwh} kWh: base ${base} less ${less}`,
    base: `demand from ${tariff.lowBelowKwh} to ${tariff.highAboveKwh} kWh: base ${base}`,
    high: `demand above ${tariff.highAboveKwh} kWh: base ${base} plus ${more}`,
  };
  return {
    demandKwh,
    tier,
    base: formatAmount(tariff.base, decimals),
    step: formatAmount(step, decimals),
    pricePerKwh: formatAmount(pricePerKwh, decimals),
    rule: rules[tier],
  };
}

const presentRatio = ({ lower, median, upper }: Ratio) => {
  const ratio = (permille: bigint | null) => (permille === null ? null : Number(permille) / 1000);
  return { lower: ratio(lower), median: ratio(median), upper: ratio(upper) };
};

export const presentWhy = ({ code, ratio, fewestOwners }: Why) => ({
  code,
  ratio: ratio && presentRatio(ratio),
  fewestOwners,
});

export function presentSlot(price: SlotPrice, { decimals }: Token) {
  const amount = (baseUnits: bigint) => formatAmount(baseUnits, decimals);
  const suggestion = ({ pricePerKwh, reason, why, chance, expectedShare, shareBasis, priceBasis }: Suggestion) => ({
    pricePerKwh: amount(pricePerKwh),
    pricePerKwhBaseUnits: String(pricePerKwh),
    reason,
    why: presentWhy(why),
    chance,
    expectedShare,
    shareBasis,
    priceBasis,
  });
  const { range, supplyDemandPerKwh: spread, ratioPermille } = price;
  return {
    lowestPerKwh: amount(range.lowest),
    highestPerKwh: amount(range.highest),
    midMarketPerKwh: amount(price.midMarketPerKwh),
    supplyDemandPerKwh: spread && {
      lower: amount(spread.lower),
      median: amount(spread.median),
      upper: amount(spread.upper),
    },
    supplyDemandRatio: ratioPermille && presentRatio(ratioPermille),
    ask: suggestion(price.ask),
    bid: suggestion(price.bid),
  };
}

import { describe, expect, it } from "vitest";
import { z } from "zod";
import { formatAmount, presentTiered } from "../../src/price/present.ts";
import { priceSettings, priceVariables } from "../../src/price/settings.ts";

const token = { tokenSymbol: "INRD", tokenDecimals: 6 };
function settingsOf(env: Record<string, string>, deployment = token) {
  const problems: string[] = [];
  const read = z.object(priceVariables).parse(env);
  const settings = priceSettings(read, deployment, (name, message) => problems.push(`${name}: ${message}`));
  return { settings, problems };
}

describe("prices of the environment", () => {
  it("are base units of the settlement token", () => {
    const { settings, problems } = settingsOf({ RETAIL_PRICE: "8.00", FEED_IN_TARIFF: "3.123456" });
    expect(problems).toEqual([]);
    expect(settings).toEqual({
      tiered: { base: 5_000_000n, lowStep: -500_000n, highStep: 500_000n, lowBelowKwh: 2, highAboveKwh: 4 },
      token: { symbol: "INRD", decimals: 6 },
      grid: { retailPerKwh: 8_000_000n, feedInPerKwh: 3_123_456n },
    });
    expect(settingsOf({}).settings.grid).toBeNull();
    expect(settingsOf({ PRICE_BASE: "7" }, { ...token, tokenDecimals: 2 }).settings.tiered.base).toBe(700n);
  });

  it.each([
    [{ PRICE_BASE: "-1" }, "PRICE_BASE: must not be negative"],
    [{ PRICE_LOW_STEP: "0.5" }, "PRICE_LOW_STEP: lowers the price"],
    [{ PRICE_LOW_STEP: "-5.01" }, "PRICE_LOW_STEP: makes the price negative"],
    [{ PRICE_LOW_BELOW_KWH: "5" }, "PRICE_LOW_BELOW_KWH: must not be above"],
    [{ PRICE_BASE: "5.0000001" }, "PRICE_BASE: at most 6 digits"],
    [{ RETAIL_PRICE: "8" }, "FEED_IN_TARIFF: set retail price and feed-in tariff both"],
    [{ RETAIL_PRICE: "8", FEED_IN_TARIFF: "8.1" }, "FEED_IN_TARIFF: must not be above RETAIL_PRICE"],
  ])("refuses %j by name", (env, problem) => {
    expect(settingsOf(env).problems.join("\n")).toContain(problem);
  });
});

it.each([
  [5_000_000n, "5.00"],
  [5_123_456n, "5.123456"],
  [-500_000n, "-0.50"],
  [0n, "0.00"],
])("writes %d base units as %s", (units, text) => expect(formatAmount(units, 6)).toBe(text));

it.each([
  [0, "low", "4.50", "demand below 2 kWh: base 5.00 less 0.50"],
  [1.999999, "low", "4.50", "demand below 2 kWh: base 5.00 less 0.50"],
  [2, "base", "5.00", "demand from 2 to 4 kWh: base 5.00"],
  [4, "base", "5.00", "demand from 2 to 4 kWh: base 5.00"],
  [4.000001, "high", "5.50", "demand above 4 kWh: base 5.00 plus 0.50"],
  [1_000_000, "high", "5.50", "demand above 4 kWh: base 5.00 plus 0.50"],
])("the baseline prices %d kWh as %s, %s", (demandKwh, tier, pricePerKwh, rule) => {
  const { settings } = settingsOf({});
  expect(presentTiered(demandKwh, settings.tiered, settings.token)).toMatchObject({
    demandKwh,
    tier,
    pricePerKwh,
    rule,
    base: "5.00",
  });
});

import { describe, expect, it } from "vitest";
import { formatHundredths, parseHundredths } from "../src/money.ts";
import { priceFor } from "../src/price.ts";

const tariff = { currency: "INR", base: 500n, lowStep: -50n, highStep: 50n, lowBelowKwh: 2, highAboveKwh: 4 };

describe("priceFor", () => {
  it.each([
    [0, "low", "4.50", "-0.50"],
    [1.999999, "low", "4.50", "-0.50"],
    [2, "base", "5.00", "0.00"],
    [2.000001, "base", "5.00", "0.00"],
    [3, "base", "5.00", "0.00"],
    [4, "base", "5.00", "0.00"],
    [4.000001, "high", "5.50", "0.50"],
    [1_000_000, "high", "5.50", "0.50"],
  ] as const)("%d kWh is %s at %s", (demandKwh, tier, pricePerKwh, step) => {
    const price = priceFor(demandKwh, tariff);
    expect(price).toMatchObject({ demandKwh, tier, pricePerKwh, step, base: "5.00", currency: "INR" });
  });

  it("says in words how the price came about", () => {
    expect(priceFor(1, tariff).rule).toBe("demand below 2 kWh: base 5.00 less 0.50");
    expect(priceFor(2, tariff).rule).toBe("demand from 2 to 4 kWh: base 5.00");
    expect(priceFor(5, tariff).rule).toBe("demand above 4 kWh: base 5.00 plus 0.50");
  });

  it("adds amounts that a float would blur", () => {
    const price = priceFor(5, { ...tariff, base: 10n, highStep: 20n });
    expect(price.pricePerKwh).toBe("0.30");
    expect(priceFor(5, { ...tariff, base: 99_999_999_999n, highStep: 1n }).pricePerKwh).toBe("1000000000.00");
  });
});

describe("hundredths", () => {
  it.each([
    ["5", 500n],
    ["5.5", 550n],
    ["5.05", 505n],
    ["-0.50", -50n],
    ["0", 0n],
    ["007.10", 710n],
  ])("reads %s", (text, hundredths) => expect(parseHundredths(text)).toBe(hundredths));

  it.each(["", "-", ".", "5.", ".5", "5.005", "1e3", "0x10", "+5", "5,00", "NaN", "--5", "1234567890"])(
    "refuses %j",
    (text) => expect(parseHundredths(text)).toBeNull(),
  );

  it("writes two digits and reads them back", () => {
    for (let hundredths = -1234n; hundredths <= 1234n; hundredths += 1n) {
      const text = formatHundredths(hundredths);
      expect(text).toMatch(/^-?\d+\.\d{2}$/);
      expect(parseHundredths(text)).toBe(hundredths);
    }
  });
});

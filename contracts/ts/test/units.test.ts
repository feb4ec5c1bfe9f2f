import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  askWithinLimit,
  carbonGramsOf,
  feeOf,
  formatCarbonKg,
  formatKwh,
  formatToken,
  maxExportWh,
  parseDecimal,
  parseKwh,
  paymentOf,
  priceWithFee,
  slotOf,
  slotStart,
} from "../src/index.ts";

/** Largest integer that is not above the fraction, found without dividing: bit by bit. */
function floorOf(numerator: bigint, denominator: bigint): bigint {
  let whole = 0n;
  for (let bit = 1n << BigInt(numerator.toString(2).length); bit > 0n; bit >>= 1n) {
    if ((whole + bit) * denominator <= numerator) whole += bit;
  }
  return whole;
}
const ceilOf = (numerator: bigint, denominator: bigint): bigint => {
  const whole = floorOf(numerator, denominator);
  return whole * denominator === numerator ? whole : whole + 1n;
};

const price = fc.bigInt(0n, 2n ** 96n - 1n);
const energy = fc.bigInt(0n, 2n ** 64n - 1n);
const bps = fc.bigInt(0n, 1000n);
const holds = (property: fc.IRawProperty<unknown>) => fc.assert(property, { seed: 1, numRuns: 500 });

describe("arithmetic, against exact fractions", () => {
  it("rounds a payment up and keeps a fee below its exact value", () => {
    holds(fc.property(energy, price, (wh, ask) => void expect(paymentOf(wh, ask)).toBe(ceilOf(wh * ask, 1000n))));
    holds(
      fc.property(price, bps, (payment, fee) => void expect(feeOf(payment, fee)).toBe(floorOf(payment * fee, 10_000n))),
    );
  });

  it("rounds carbon and the most that can be exported down", () => {
    const factor = fc.bigInt(0n, 2_000_000n);
    holds(fc.property(energy, factor, (wh, g) => void expect(carbonGramsOf(wh, g)).toBe(floorOf(wh * g, 1_000_000n))));
    const watts = fc.bigInt(1n, 2n ** 32n - 1n);
    const seconds = fc.bigInt(60n, 86_400n);
    holds(fc.property(watts, seconds, (w, s) => void expect(maxExportWh(w, s)).toBe(floorOf(w * s, 3600n))));
  });

  it("gives the lowest limit that meets an ask", () => {
    holds(
      fc.property(price, bps, (ask, fee) => {
        const limit = priceWithFee(ask, fee);
        expect(limit).toBe(ceilOf(ask * (10_000n + fee), 10_000n));
        expect(limit * 10_000n >= ask * (10_000n + fee)).toBe(true);
      }),
    );
  });

  it("finds the highest ask within a limit", () => {
    holds(
      fc.property(price, bps, (limit, fee) => {
        const ask = askWithinLimit(limit, fee);
        expect(priceWithFee(ask, fee) <= limit).toBe(true);
        expect(priceWithFee(ask + 1n, fee) > limit).toBe(true);
      }),
    );
    holds(fc.property(price, bps, (ask, fee) => void expect(askWithinLimit(priceWithFee(ask, fee), fee)).toBe(ask)));
  });

  it("has known values", () => {
    expect([paymentOf(1n, 1n), paymentOf(1000n, 5n), paymentOf(0n, 5n), paymentOf(1001n, 1n)]).toEqual([
      1n,
      5n,
      0n,
      2n,
    ]);
    expect([feeOf(99n, 100n), feeOf(100n, 100n)]).toEqual([0n, 1n]);
    expect([priceWithFee(1n, 1n), priceWithFee(10_000n, 100n), priceWithFee(0n, 100n)]).toEqual([2n, 10_100n, 0n]);
    expect([carbonGramsOf(1000n, 711_700n), carbonGramsOf(1n, 711_700n)]).toEqual([711n, 0n]);
    expect(maxExportWh(5000n, 900n)).toBe(1250n);
  });

  it("puts each second into one slot", () => {
    const seconds = fc.bigInt(0n, 2n ** 40n);
    holds(
      fc.property(seconds, fc.integer({ min: 60, max: 86_400 }), (time, duration) => {
        const slot = slotOf(time, duration);
        expect(slotStart(slot, duration)).toBeLessThanOrEqual(Number(time));
        expect(slotStart(slot + 1, duration)).toBeGreaterThan(Number(time));
        expect(slotOf(slotStart(slot, duration), duration)).toBe(slot);
      }),
    );
  });
});

describe("text", () => {
  /** What a reader reads back out of a number as `en-US` writes it. */
  const digitsOf = (text: string): string => text.replaceAll(",", "");

  it("keeps every digit", () => {
    holds(
      fc.property(fc.bigInt(0n, 2n ** 256n - 1n), fc.integer({ min: 0, max: 20 }), (value, decimals) => {
        const text = formatToken(value, decimals, { locale: "en-US", digits: decimals });
        expect(parseDecimal(digitsOf(text), decimals)).toBe(value);
        const fixed = formatToken(value, decimals, { locale: "en-US", digits: decimals, fixed: true });
        expect(parseDecimal(digitsOf(fixed), decimals)).toBe(value);
        expect(fixed.split(".")[1]?.length ?? 0).toBe(decimals);
      }),
    );
    holds(
      fc.property(energy, (value) => {
        for (const format of [formatKwh, formatCarbonKg]) {
          expect(parseKwh(digitsOf(format(value, { locale: "en-US" })))).toBe(value);
        }
      }),
    );
  });

  it("is as a reader expects", () => {
    const locale = "en-US";
    expect(formatKwh(1234n, { locale })).toBe("1.234");
    expect(formatKwh(1000n, { locale })).toBe("1");
    expect(formatKwh(1000n, { locale, digits: 1, fixed: true })).toBe("1.0");
    expect(formatCarbonKg(711n, { locale })).toBe("0.711");
    expect(formatToken(5_050_000n, 6, { locale })).toBe("5.05");
    expect(formatToken(-5_050_000n, 6, { locale })).toBe("-5.05");
    expect(formatToken(1_234_567_890_000n, 6, { locale: "en-IN" })).toBe("12,34,567.89");
    expect(formatToken(9_007_199_254_740_993_000_001n, 6, { locale, digits: 6 })).toBe("9,007,199,254,740,993.000001");
  });

  it("reads decimal text of any length back", () => {
    const parts = fc.tuple(fc.bigInt(0n, 2n ** 128n), fc.integer({ min: 0, max: 36 }), fc.bigInt(0n, 10n ** 36n - 1n));
    holds(
      fc.property(parts, ([whole, decimals, seed]) => {
        const fraction = seed.toString().padStart(36, "0").slice(0, decimals);
        const text = decimals === 0 ? `${whole}` : `${whole}.${fraction}`;
        expect(parseDecimal(` ${text} `, decimals)).toBe(whole * 10n ** BigInt(decimals) + BigInt(fraction || "0"));
      }),
    );
    expect(parseDecimal(".5", 6)).toBe(500_000n);
    expect(parseDecimal("007", 2)).toBe(700n);
  });

  it.each([
    "",
    " ",
    ".",
    "1.",
    "-1",
    "+1",
    "1e3",
    "0x10",
    "1,5",
    "1 000",
    "1.2.3",
    "NaN",
    "Infinity",
    "١",
    "１",
    "1n",
    "1_0",
  ])("does not take %j for a number", (text) =>
    expect(() => parseDecimal(text, 6)).toThrow(`"${text}" is not a number`),
  );

  it("refuses whatever is no plain decimal", () => {
    holds(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        fc.pre(!/^\s*(\d+(\.\d+)?|\.\d+)\s*$/.test(text));
        let parsed: bigint | null = null;
        try {
          parsed = parseDecimal(text, 6);
        } catch {}
        expect(parsed).toBeNull();
      }),
    );
  });

  it("refuses more digits than the unit has, rather than round", () => {
    expect(() => parseKwh("1.2345")).toThrow("at most 3 digits");
    expect(() => parseDecimal("1.0", 0)).toThrow("at most 0 digits");
  });
});

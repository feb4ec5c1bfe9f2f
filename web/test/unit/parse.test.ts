import { formatUnits } from "viem";
import { describe, expect, it } from "vitest";
import { createNumberInput } from "../../src/ui/parse.ts";

const read = (locale: string, text: string, decimals = 3) =>
  createNumberInput(locale).read(text, decimals, "Amount").value;
const errorOf = (locale: string, text: string) => createNumberInput(locale).read(text, 3, "Amount").error;

describe("a number that somebody types", () => {
  it.each([
    ["en", "1,000", 1_000_000n],
    ["en", "1,234.5", 1_234_500n],
    ["en", "1.5", 1_500n],
    ["en", ".5", 500n],
    ["en", "12.", 12_000n],
    ["en", "0.123", 123n],
    ["en-IN", "1,00,000", 100_000_000n],
    ["en-IN", "100,000", 100_000_000n],
    ["de", "1.234,5", 1_234_500n],
    ["de", "1.000", 1_000_000n],
    ["de", "0,123", 123n],
    ["fr", "1 234,5", 1_234_500n],
    ["fr", "1\u202f234,5", 1_234_500n],
    ["de-CH", "1'234.5", 1_234_500n],
    ["ar-EG", "١٬٢٣٤٫٥", 1_234_500n],
  ])("is read as the locale writes it: %s %s", (locale, text, value) => {
    expect(read(locale, text)).toBe(value);
  });

  it.each([
    ["en", "1,5"],
    ["en", "1,00"],
    ["en", "0,123"],
    ["en", "1,2,3"],
    ["en", "10,00,000"],
    ["en", "1.000,5"],
    ["en", "1 000"],
    ["en", "1.2.3"],
    ["de", "1.5"],
    ["de", "1,000.5"],
    ["fr", "1.000"],
  ])("is refused where it can mean two things: %s %s", (locale, text) => {
    expect(read(locale, text)).toBeNull();
    expect(errorOf(locale, text)).toContain(`Amount: "${text}" can be read in more than one way`);
  });

  it("is refused where it is none, in words that name the field and the locale's signs", () => {
    for (const text of ["-1", "1e3", "abc", ".", "0x10", "∞"])
      expect(errorOf("en", text)).toBe("Amount: give a number, like 1.5.");
    expect(errorOf("de", "abc")).toBe("Amount: give a number, like 1,5.");
    expect(errorOf("de", "1,2345")).toBe('Amount: at most 3 digits after the ",".');
    expect(errorOf("en", "1.5")).toBeNull();
    expect(createNumberInput("en").read(" ", 3, "Amount")).toEqual({ value: null, error: null });
    expect(read("en", "1.0", 0)).toBeNull();
    expect(read("en", "15", 0)).toBe(15n);
  });

  it("is read as what the page writes, and never as another value, in any locale", () => {
    const locales = ["en", "en-IN", "de", "de-CH", "fr", "es", "pl", "pt-PT", "hi", "ar-EG", "fa", "sv", "bn"];
    let seed = 20_260_721;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    for (let round = 0; round < 1_500; round += 1) {
      const locale = locales[round % locales.length] ?? "en";
      const decimals = random(7);
      const value = (BigInt(random(2 ** 30)) * BigInt(1 + random(9_999))) / 10n ** BigInt(random(12));
      const input = createNumberInput(locale);
      const plain = formatUnits(value, decimals) as `${number}`;
      const shown = new Intl.NumberFormat(locale, { maximumFractionDigits: decimals, useGrouping: random(2) === 1 });
      expect([locale, shown.format(plain), input.read(shown.format(plain), decimals, "Amount").value]).toEqual([
        ...[locale, shown.format(plain), value],
      ]);
      expect(input.read(input.write(value, decimals), decimals, "Amount").value).toBe(value);
      // What another locale writes is this value's text here too, or it is refused, unless the sign is ours for thousands.
      const other = locales[random(locales.length)] ?? "en";
      const foreign = new Intl.NumberFormat(other, { maximumFractionDigits: decimals }).format(plain);
      const answer = input.read(foreign, decimals, "Amount").value;
      const signs = foreign.replace(/[\p{Nd}]/gu, "");
      if (answer !== null && answer !== value) expect([...signs]).toHaveLength(1);
    }
  });
});

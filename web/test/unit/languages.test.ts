import { afterAll, describe, expect, it } from "vitest";
import { wordsOf } from "../../src/chain/contractErrors.ts";
import { speechFor } from "../../src/i18n/languages.ts";
import { speak } from "../../src/i18n/messages.ts";
import { t } from "../../src/i18n/t.ts";
import { createFormat } from "../../src/ui/format.ts";

describe("the language of the page", () => {
  it.each([
    { wishes: ["en-US"], choice: null, language: "en", locale: "en-US" },
    { wishes: ["hi-IN", "en-US"], choice: null, language: "hi", locale: "hi-IN" },
    { wishes: ["ta-IN", "en-GB", "hi"], choice: null, language: "en", locale: "en-GB" },
    { wishes: ["hi", "en-IN"], choice: "en", language: "en", locale: "en-IN" },
    // Chosen, and no locale of it is in the browser's list.
    { wishes: ["en-US"], choice: "hi", language: "hi", locale: "hi-IN" },
    { wishes: ["hi-IN"], choice: "en", language: "en", locale: "en-IN" },
    // Numbers as the browser writes them.
    { wishes: ["de-DE", "fr"], choice: null, language: "en", locale: undefined },
    { wishes: [], choice: null, language: "en", locale: undefined },
    { wishes: ["hindi", "not a tag"], choice: "klingon", language: "en", locale: undefined },
  ])("is $language ($locale) for $wishes and the choice $choice", ({ wishes, choice, language, locale }) => {
    expect(speechFor(wishes, choice)).toEqual({ language, locale });
  });
});

describe("in Hindi", () => {
  afterAll(() => speak({ language: "en", locale: "en" }));

  it("every text is there, also of what was loaded before, and numbers are grouped as in India", async () => {
    await speak({ language: "hi", locale: "hi-IN" });
    expect(t("app.nav.market")).toBe("बाज़ार");
    expect(t("tx.declined")).toBe("आपने हस्ताक्षर से मना किया।");
    expect(t("market.figures.lots", { count: 123_456 })).toBe("1,23,456 लॉट में");
    const format = createFormat({ tokenDecimals: 6, tokenSymbol: "dINR", slotDuration: 900 }, "hi-IN");
    expect(wordsOf("AllowanceExceeded", ["0x", 2_000n, 500n], { format, now: 0 })).toBe(
      "आपदा मोड में बिजली बाँटी जाती है: इस स्लॉट में आप 0.500 kWh और ख़रीद सकते हैं, पर आपने 2.000 kWh माँगी।",
    );
    expect(format.input.read("1,00,000", 0, t("app.field.amount"))).toEqual({ value: 100_000n, error: null });
    expect(format.input.read("x", 0, t("app.field.amount")).error).toBe("रक़म: कोई संख्या दें, जैसे 1.5।");
  });
});

describe("money", () => {
  const of = (tokenSymbol: string, locale: string) =>
    createFormat({ tokenDecimals: 6, tokenSymbol, slotDuration: 900 }, locale);
  const AMOUNT = 1_234_567_890_123n;

  it.each(["hi-IN", "en-IN", "hi"])("has the rupee sign and India's grouping in %s", (locale) => {
    expect(of("INR", locale).money(AMOUNT)).toBe("₹12,34,567.89");
    expect(of("INR", locale).perKwh(4_200_000n)).toBe("₹4.20/kWh");
    expect(of("INR", locale).demoSign).toBe(false);
  });

  it("that is a demo never looks like rupees, and what is signed names the token", () => {
    const format = of("dINR", "hi-IN");
    expect([format.money(AMOUNT), format.symbol, format.demoSign]).toEqual(["d₹12,34,567.89", "d₹", true]);
    expect(format.exactMoney(AMOUNT)).toBe("12,34,567.890123 dINR");
  });

  it("keeps the token's name elsewhere, and for tokens that are no rupees", () => {
    expect(of("dINR", "en-US").money(AMOUNT)).toBe("1,234,567.89 dINR");
    expect(of("INR", "de").money(AMOUNT)).toBe("1.234.567,89 INR");
    expect(of("USDC", "hi-IN").money(AMOUNT)).toBe("12,34,567.89 USDC");
    expect(of("USDC", "en-US").perKwh(4_200_000n)).toBe("4.20 USDC/kWh");
  });
});

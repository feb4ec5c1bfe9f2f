// What the page says of a suggested price, by the codes and figures of the forecast service.
import { i18n } from "@lingui/core";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { afterAll, describe, expect, it } from "vitest";
import { REASON_CODES } from "../../../forecast/src/price/reasons.ts";
import type { Language } from "../../src/i18n/languages.ts";
import { speak } from "../../src/i18n/messages.ts";
import { InWords } from "../../src/pages/market/InWords.tsx";
import {
  basisInWords,
  chanceInWords,
  lackInWords,
  reasonInWords,
  type Side,
  shareInWords,
} from "../../src/pages/market/suggestion.ts";
import { createFormat } from "../../src/ui/format.ts";

const contextIn = (locale: string, side: Side = "ask") => ({
  side,
  format: createFormat({ tokenDecimals: 6, tokenSymbol: "dINR", slotDuration: 900 }, locale),
});
const why = (code: string, ...ratio: (number | null)[]) => {
  const [lower = null, median = null, upper = null] = ratio;
  return { code, ratio: code.startsWith("surplus_") ? { lower, median, upper } : null, fewestOwners: 5 };
};
const suggestion = (expectedShare: number | null, chance: Parameters<typeof chanceInWords>[0]["chance"] = null) => ({
  ...{ pricePerKwhBaseUnits: 3_200_000n, reason: "as the service says", why: why("no_forecast") },
  ...{ chance, expectedShare },
  ...({ shareBasis: expectedShare === null ? null : "standing_orders", priceBasis: "forecast" } as const),
});

afterAll(() => speak({ language: "en", locale: "en" }));

describe.each<[Language, string, RegExp]>([
  ["en", "en-IN", /^[^\p{Script=Devanagari}]+\.$/u],
  ["hi", "hi-IN", /^(?:[^A-Za-z]|kWh)+।$/],
])("in the language %s", (language, locale, own) => {
  it.each(REASON_CODES)("%s is told in that language's words alone, to sellers and buyers", async (code) => {
    await speak({ language, locale });
    const told = (side: Side) => reasonInWords(why(code, 0.2, 0.5, 0.8), contextIn(locale, side));
    expect(told("ask")).toMatch(own);
    expect(told("bid")).toMatch(own);
    expect(lackInWords(why(code), contextIn(locale))).toMatch(own);
    // Each code has words of its own.
    const others = REASON_CODES.filter((other) => other !== code);
    expect(others.map((other) => lackInWords(why(other), contextIn(locale)))).not.toContain(
      lackInWords(why(code), contextIn(locale)),
    );
    expect(told("ask") === told("bid")).toBe(!code.startsWith("surplus_"));
  });

  it.each(["written_later", "toString"])("the unknown code %s is told in the service's English", async (code) => {
    await speak({ language, locale });
    const words = reasonInWords(why(code), contextIn(locale));
    expect([words, lackInWords(why(code), contextIn(locale))]).toEqual([null, null]);
    const shown = renderToStaticMarkup(createElement(InWords, { words, english: "a newer reason" }));
    expect(shown).toBe('<span lang="en">a newer reason</span>');
  });
});

describe("a suggestion in words", () => {
  it.each([
    [[0.125, 0.5, 1.25], "lacking, 0.5 kWh are expected to be left over, in four cases of five 0.13 to 1.25 kWh. All"],
    [[0.5, 0.5, 0.5], "lacking, 0.5 kWh are expected to be left over. All"],
    [[0.5, 1250.4, null], "lacking, 1,250 kWh are expected to be left over, in nine cases of ten 0.5 kWh or more. All"],
    [[1.5, null, null], "what the grid pays for surplus. All sellers"],
  ])("with the ratio %j says: %s", async (ratio, said) => {
    await speak({ language: "en", locale: "en" });
    expect(reasonInWords(why("surplus_covers_deficit", ...ratio), contextIn("en"))).toContain(said);
  });

  it("tells sellers and buyers where the price was moved to what stands, and what the share is of", async () => {
    await speak({ language: "en", locale: "en" });
    const told = (side: Side) =>
      reasonInWords(why("surplus_covers_deficit", 2, 2, 2), {
        ...contextIn("en", side),
        priceBasis: "standing_orders",
      });
    expect(told("bid")).toContain("the asks that stand now are higher than that");
    expect(told("ask")).toContain("the bids that stand now don't reach that");
    expect(basisInWords(suggestion(0.5))).toContain("the asks and bids that stand now");
    expect(basisInWords({ ...suggestion(0.5), shareBasis: "all_follow" })).toContain("ask and bid as suggested too");
    expect(basisInWords(suggestion(null))).toBeNull();
  });

  it("tells the share first, as nearly as it is known, and the chance of all or the past apart", async () => {
    await speak({ language: "en", locale: "en" });
    const [ask, bid] = [contextIn("en"), contextIn("en", "bid")];
    expect(shareInWords(suggestion(0.4527), ask)).toBe("About 45% of your surplus is expected to sell");
    expect(shareInWords(suggestion(0.4527), bid)).toBe("About 45% of your bid is expected to be served");
    expect(shareInWords(suggestion(0.004), ask)).toBe("Hardly any of your surplus is expected to sell");
    expect(shareInWords(suggestion(1), bid)).toBe("Nearly all of your bid is expected to be served");
    expect([shareInWords(suggestion(null), ask), chanceInWords(suggestion(null), ask)]).toEqual([null, null]);
    const forecast = { probability: 0.085, basis: "forecast", slots: null } as const;
    expect(chanceInWords(suggestion(0.45, forecast), ask)).toBe("Chance that all of it sells: 9%, by the forecast.");
    const past = { probability: 0.6, basis: "past_clearings", slots: 20 } as const;
    const met = "Good enough for the clearing's price in 60% of 20 past slots of the same hour.";
    expect(chanceInWords(suggestion(null, past), bid)).toBe(met);
  });

  it("writes numbers as the reader's locale does", async () => {
    await speak({ language: "hi", locale: "de-DE" });
    expect(i18n.locale).toBe("hi");
    expect(shareInWords(suggestion(0.45), contextIn("de-DE"))).toBe("आपकी बची बिजली का लगभग 45\u00a0% बिकने की उम्मीद है");
    const said = reasonInWords(why("surplus_covers_deficit", 2, 12_345, 20_000), contextIn("de-DE"));
    expect(said).toContain("12.345 kWh");
  });
});

// Words for what the forecast service suggests: by its codes and figures, in the reader's language.
import type { PriceReason, PriceSuggestion } from "@gridx/forecast/client";
import { t } from "../../i18n/t.ts";
import type { Format } from "../../ui/format.ts";

export type Side = "ask" | "bid";

interface Context {
  side: Side;
  format: Format;
  /** Of the suggestion whose reason is told. */
  priceBasis?: PriceSuggestion["priceBasis"];
}
type Words = (why: PriceReason, context: Context) => string;

const inTurn = (...sentences: readonly Words[]): Words => {
  return (why, context) => sentences.flatMap((words) => words(why, context) || []).join(" ");
};

/** An estimate is not told to a tenth of a percent. */
const whole = (share: number, format: Format): string => format.percent(Math.round(share * 100) / 100);

/** Hundredths of small numbers, whole large ones. */
const rounded = (times: number, format: Format): string =>
  format.number(times < 10 ? Math.round(times * 100) / 100 : Math.round(times));

const ratio: Words = ({ ratio }, { format }) => {
  const { lower, median, upper } = ratio ?? { lower: null, median: null, upper: null };
  // Nothing is lacking: there is nothing to set it against.
  if (median === null || lower === null) return "";
  const [middle, low] = [rounded(median, format), rounded(lower, format)];
  if (upper === null) return t("market.suggest.why.ratioFrom", { median: middle, lower: low });
  const high = rounded(upper, format);
  if (low === high) return t("market.suggest.why.ratio", { median: middle });
  return t("market.suggest.why.ratioWithin", { median: middle, lower: low, upper: high });
};
const strategy: Words = (_, { side, priceBasis }) => {
  const sells = side === "ask";
  if (priceBasis === "standing_orders") return t(sells ? "market.suggest.why.askBids" : "market.suggest.why.bidAsks");
  return t(sells ? "market.suggest.why.ask" : "market.suggest.why.bid");
};
const middle: Words = () => t("market.suggest.why.middle");

/** What was found of the neighbourhood, or what is missing. */
const CAUSES: ReadonlyMap<string, Words> = new Map<string, Words>([
  ["surplus_covers_deficit", () => t("market.suggest.why.covers")],
  ["surplus_covers_half", () => t("market.suggest.why.coversHalf")],
  ["surplus_covers_less", () => t("market.suggest.why.coversLess")],
  ["nothing_to_trade", () => t("market.suggest.why.nothing")],
  ["no_forecast", () => t("market.suggest.why.noForecast")],
  ["too_few_owners", ({ fewestOwners }) => t("market.suggest.why.fewOwners", { owners: fewestOwners ?? 0 })],
  ["no_feed_in_tariff", () => t("market.suggest.why.noFeedIn")],
  ["simple_forecasts", () => t("market.suggest.why.simple")],
  ["no_grid_prices", () => t("market.suggest.why.noGridPrices")],
  ["fee_too_high", () => t("market.suggest.why.fee")],
  ["chain_unreachable", () => t("market.suggest.why.chain")],
  ["indexer_unreachable", () => t("market.suggest.why.indexer")],
]);

/** Why the answer is less than it could be; null for a code that there are no words for. */
export function lackInWords(why: PriceReason, context: Context): string | null {
  return CAUSES.get(why.code)?.(why, context) ?? null;
}

/** Why this price; null for a code that there are no words for. */
export function reasonInWords(why: PriceReason, context: Context): string | null {
  const cause = CAUSES.get(why.code);
  if (!cause) return null;
  return inTurn(cause, ...(why.ratio ? [ratio, strategy] : [middle]))(why, context);
}

/** How much of it is expected to be served; null where no forecast tells. */
export function shareInWords({ expectedShare }: PriceSuggestion, { side, format }: Context): string | null {
  if (expectedShare === null) return null;
  const percent = whole(expectedShare, format);
  const sells = side === "ask";
  if (expectedShare < 0.005) return t(sells ? "market.suggest.sellsNone" : "market.suggest.buysNone");
  if (expectedShare >= 0.995) return t(sells ? "market.suggest.sellsAll" : "market.suggest.buysAll");
  return t(sells ? "market.suggest.sells" : "market.suggest.buys", { percent });
}

/** What the share takes of others; null where there is no share. */
export function basisInWords({ shareBasis }: PriceSuggestion): string | null {
  if (shareBasis === null) return null;
  return t(shareBasis === "standing_orders" ? "market.suggest.byOrders" : "market.suggest.assumes");
}

/** How likely all of it is served or, where enough slots passed, how often the price was met; null where neither is known. */
export function chanceInWords({ chance }: PriceSuggestion, { side, format }: Context): string | null {
  if (!chance) return null;
  const percent = whole(chance.probability, format);
  if (chance.basis === "past_clearings") return t("market.suggest.measured", { percent, slots: chance.slots ?? 0 });
  return t(side === "ask" ? "market.suggest.wholeSells" : "market.suggest.wholeBuys", { percent });
}

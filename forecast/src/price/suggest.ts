// What to ask and what to bid in a slot, why, and how likely it is to come true.
import { askWithinLimit, priceWithFee } from "@gridx/contracts";
import { askShare, type Book, bidShare, type Depth, depthAt, nearest } from "./book.ts";
import { FEWEST_HOMES, type Ratio, type Reason, reasonOf, reasonOfRatio, type Spread } from "./reasons.ts";
import { type Balance, midMarketPrice, supplyDemandPrice } from "./rules.ts";
import { type HomeForecast, scenariosOf } from "./scenarios.ts";
import { boughtShare, soldShare } from "./share.ts";
import { type GridTariff, type PriceRange, rangeOf } from "./tariff.ts";

/** Fewer past slots say nothing about a chance. */
const FEWEST_SLOTS = 20;

/** A slot of the past: the price at which it was cleared, or null where nothing traded. */
export interface PastSlot {
  clearingPricePerKwh: bigint | null;
}

export interface Chance {
  /** From 0 to 1. */
  probability: number;
  /** `past_clearings`: the share of so many past slots in which it would have; `forecast`: of the forecast's outcomes. */
  basis: "past_clearings" | "forecast";
  slots: number | null;
}

export interface Suggestion extends Reason {
  /** An ask, without the fee; or a bid's limit, with it. */
  pricePerKwh: bigint;
  /** That all of it is sold, or bought; null where nothing was measured. */
  chance: Chance | null;
  /** The part of it that is expected to be sold, or bought: the mean of the forecast's outcomes, 0 to 1; null without one. */
  expectedShare: number | null;
  /** `standing_orders`: of the asks and bids that stand; `all_follow`: as if neighbours asked and bid as suggested. */
  shareBasis: "standing_orders" | "all_follow" | null;
  /** `standing_orders`: the forecast's price would not have met those of the other side, so it was moved to them. */
  priceBasis: "forecast" | "standing_orders" | "middle";
}

export interface SlotPrice {
  range: PriceRange;
  midMarketPerKwh: bigint;
  /** By the supply-demand ratio: 10 %, 50 % and 90 % of the outcomes. Null without a forecast, or where there is nothing to trade. */
  supplyDemandPerKwh: Spread<bigint> | null;
  ratioPermille: Ratio | null;
  ask: Suggestion;
  bid: Suggestion;
  /** Why this is less than it could be, or null. */
  degraded: Reason | null;
}

export interface SlotQuestion {
  tariff: GridTariff;
  /** Null where there is none. */
  homes: readonly HomeForecast[] | null;
  /** Why their forecasts are less than they could be. */
  homesDegraded?: string | null;
  /** In the slot, of standing bids of wallets whose homes are not among them: who has no meter lacks energy too. */
  bidsWh: bigint;
  /** Like the slot that is asked about: the same hour of the days before. */
  past: readonly PastSlot[];
  /** What stands on the chain; without it neighbours are taken to ask and bid as suggested. */
  book?: Book | null;
  /** The indexer did not say: orders or past slots are missing. */
  marketUnknown?: boolean;
}

/** Null where no price leaves both sides at least as well off as the grid does. */
export function priceSlot(question: SlotQuestion): SlotPrice | null {
  const { tariff, homes, homesDegraded = null, bidsWh, past, book = null, marketUnknown = false } = question;
  const unasked = marketUnknown ? reasonOf("indexer_unreachable") : null;
  const range = rangeOf(tariff);
  if (!range) return null;
  const midMarketPerKwh = midMarketPrice(range);
  // With a feed-in tariff of nothing the ratio's price is nothing too as soon as anybody has anything left over.
  const owners = new Set(homes?.map(({ owner }) => owner)).size;
  const enough = homes !== null && owners >= FEWEST_HOMES && range.lowest > 0n;
  const outcomes = enough ? scenariosOf(homes, bidsWh) : [];
  const prices = sorted(outcomes.flatMap((outcome) => supplyDemandPrice(outcome, range) ?? []));
  const shared = { range, midMarketPerKwh };
  if (prices.length === 0) {
    const degraded =
      homes === null
        ? reasonOf("no_forecast")
        : enough
          ? null
          : reasonOf(range.lowest === 0n ? "no_feed_in_tariff" : "too_few_owners");
    const { reason, why } = degraded ?? reasonOf("nothing_to_trade");
    const shown = {
      reason: `${reason}: the middle between feed-in tariff and retail price`,
      why,
      expectedShare: null,
      shareBasis: null,
      priceBasis: "middle",
    } as const;
    const limit = atMost(priceWithFee(midMarketPerKwh, tariff.feeBps), tariff.retailPerKwh);
    return {
      ...shared,
      supplyDemandPerKwh: null,
      ratioPermille: null,
      ask: { ...shown, pricePerKwh: midMarketPerKwh, chance: pastChance(past, (price) => price >= midMarketPerKwh) },
      bid: { ...shown, pricePerKwh: limit, chance: pastChance(past, (price) => price <= midMarketPerKwh) },
      degraded: degraded ?? unasked,
    };
  }
  const supplyDemandPerKwh = spreadOf(prices);
  const { ask, bid } = bestOrders({ tariff, range, outcomes, book }, supplyDemandPerKwh);
  const ratioPermille = ratioOf(outcomes);
  const { reason: seen, why } = reasonOfRatio(ratioPermille);
  return {
    ...shared,
    supplyDemandPerKwh,
    ratioPermille,
    ask: {
      ...ask,
      reason: `${seen}; ${ask.priceBasis === "forecast" ? ASK_LOW : ASK_WHAT_IS_BID}`,
      why,
      chance: pastChance(past, (price) => price >= ask.pricePerKwh) ?? ask.chance,
    },
    bid: {
      ...bid,
      reason: `${seen}; ${bid.priceBasis === "forecast" ? BID_HIGH : BID_WHAT_IS_ASKED}`,
      why,
      chance: pastChance(past, (price) => price <= askWithinLimit(bid.pricePerKwh, tariff.feeBps)) ?? bid.chance,
    },
    degraded: homesDegraded === null ? unasked : { ...reasonOf("simple_forecasts"), reason: homesDegraded },
  };
}

const ASK_LOW =
  "a clearing pays every seller its one price, never less than the ask, so ask at the low end of where it is expected";
const ASK_WHAT_IS_BID = "the bids that stand don't reach that, so ask what they do";
const BID_HIGH =
  "a clearing charges every buyer its one price, never more than the limit, so bid at the high end of where it is expected, with the fee";
const BID_WHAT_IS_ASKED = "the asks that stand are higher than that, so bid what they want, with the fee";

interface Trading {
  tariff: GridTariff;
  range: PriceRange;
  outcomes: readonly Balance[];
  book: Book | null;
}
type Order = Omit<Suggestion, keyof Reason>;

/**
 * An ask at the low end of where the price is expected, a bid at its high end; where the orders that stand on the other side don't
 * reach that, at theirs. What a clearing takes or pays is its one price, whatever the order says, so the way to it costs nothing
 * but at the margin.
 */
function bestOrders({ tariff, range, outcomes, book }: Trading, price: Spread<bigint>): { ask: Order; bid: Order } {
  const limit = atMost(priceWithFee(price.upper, tariff.feeBps), tariff.retailPerKwh);
  const net = askWithinLimit(limit, tariff.feeBps);
  if (book === null) {
    const follow = { shareBasis: "all_follow", priceBasis: "forecast" } as const;
    const sells = served(outcomes, range, (cleared) => cleared >= price.lower, soldShare);
    const buys = served(outcomes, range, (cleared) => cleared <= net, boughtShare);
    return { ask: { pricePerKwh: price.lower, ...sells, ...follow }, bid: { pricePerKwh: limit, ...buys, ...follow } };
  }
  const by = (at: bigint, shareOf: (depth: Depth, outcome: Balance) => number) => {
    const depth = depthAt(book, at);
    return outcomesOf(outcomes.map((outcome) => shareOf(depth, outcome)));
  };
  const distinct = (prices: readonly { pricePerKwh: bigint }[]) =>
    sorted([...new Set(prices.map(({ pricePerKwh }) => pricePerKwh))]);
  const lower = distinct(book.bids)
    .filter((each) => each < price.lower && each >= range.lowest)
    .reverse();
  const higher = distinct(book.asks).filter(
    (each) => each > net && priceWithFee(each, tariff.feeBps) <= tariff.retailPerKwh,
  );
  const ask = nearest(price.lower, lower, (at) => by(at, askShare).expectedShare);
  const bid = nearest(net, higher, (at) => by(at, bidShare).expectedShare);
  const basis = (isMoved: boolean) =>
    ({ shareBasis: "standing_orders", priceBasis: isMoved ? "standing_orders" : "forecast" }) as const;
  return {
    ask: { pricePerKwh: ask.price, ...by(ask.price, askShare), ...basis(ask.isMoved) },
    bid: {
      pricePerKwh: bid.isMoved ? priceWithFee(bid.price, tariff.feeBps) : limit,
      ...by(bid.price, bidShare),
      ...basis(bid.isMoved),
    },
  };
}

/** How often it would have come true; slots without a clearing count as not. */
function pastChance(past: readonly PastSlot[], holds: (price: bigint) => boolean): Chance | null {
  if (past.length < FEWEST_SLOTS) return null;
  const held = past.filter(({ clearingPricePerKwh: price }) => price !== null && holds(price)).length;
  return { probability: held / past.length, basis: "past_clearings", slots: past.length };
}

/** What becomes of an ask, or a bid, over the outcomes: nothing where their price is not within it or there is none. */
function served(
  outcomes: readonly Balance[],
  range: PriceRange,
  within: (price: bigint) => boolean,
  shareOf: (outcome: Balance) => number,
): { chance: Chance; expectedShare: number } {
  const shares = outcomes.map((outcome) => {
    const price = supplyDemandPrice(outcome, range);
    return price !== null && within(price) ? shareOf(outcome) : 0;
  });
  return outcomesOf(shares);
}

function outcomesOf(shares: readonly number[]): { chance: Chance; expectedShare: number } {
  const whole = shares.filter((share) => share === 1).length;
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return {
    chance: { probability: whole / shares.length, basis: "forecast", slots: null },
    // Thousandths, as of the ratio: more would only tell more about the homes.
    expectedShare: Math.round(mean * 1000) / 1000,
  };
}

const atMost = (value: bigint, most: bigint): bigint => (value < most ? value : most);
const sorted = (values: bigint[]): bigint[] => values.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** The middle of the two values around each quantile is not needed: a value that did occur is as good. */
function spreadOf(values: readonly bigint[]): Spread<bigint> {
  const at = (share: number) => values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0n;
  return { lower: at(0.1), median: at(0.5), upper: at(0.9) };
}

/** Outcomes in which nothing is lacking are above all ratios. */
function ratioOf(outcomes: readonly Balance[]): Ratio {
  const ratios = sorted(
    outcomes.map(({ surplusWh, deficitWh }) => (deficitWh === 0n ? ABOVE_ALL : (surplusWh * 1000n) / deficitWh)),
  );
  const { lower, median, upper } = spreadOf(ratios);
  const shown = (ratio: bigint) => (ratio === ABOVE_ALL ? null : ratio);
  return { lower: shown(lower), median: shown(median), upper: shown(upper) };
}
const ABOVE_ALL = 2n ** 128n;

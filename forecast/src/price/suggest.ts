// What to ask and what to bid in a slot, why, and how likely it is to come true.
import { askWithinLimit, priceWithFee } from "@gridx/contracts";
import { type Balance, midMarketPrice, supplyDemandPrice } from "./rules.ts";
import { type HomeForecast, scenariosOf } from "./scenarios.ts";
import { type GridTariff, type PriceRange, rangeOf } from "./tariff.ts";

/** Homes, of different owners, that anything is told about together: with fewer one could be guessed. */
export const FEWEST_HOMES = 5;
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

export interface Suggestion {
  /** An ask, without the fee; or a bid's limit, with it. */
  pricePerKwh: bigint;
  reason: string;
  /** That all of it is sold, or bought; null where nothing was measured. */
  chance: Chance | null;
}

export interface Spread<T> {
  lower: T;
  median: T;
  upper: T;
}

export interface SlotPrice {
  range: PriceRange;
  midMarketPerKwh: bigint;
  /** By the supply-demand ratio: 10 %, 50 % and 90 % of the outcomes. Null without a forecast, or where there is nothing to trade. */
  supplyDemandPerKwh: Spread<bigint> | null;
  /** Surplus as a share of deficit, in thousandths; null where nothing is lacking. */
  ratioPermille: Spread<bigint | null> | null;
  ask: Suggestion;
  bid: Suggestion;
  /** Why this is less than it could be, or null. */
  degraded: string | null;
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
}

/** Null where no price leaves both sides at least as well off as the grid does. */
export function priceSlot({ tariff, homes, homesDegraded = null, bidsWh, past }: SlotQuestion): SlotPrice | null {
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
        ? "no forecast of the homes"
        : enough
          ? null
          : range.lowest === 0n
            ? "the supply-demand ratio makes no prices where the feed-in tariff is 0"
            : `forecasts of the homes of fewer than ${FEWEST_HOMES} owners: a price made from them would tell about each`;
    const middle = "the middle between feed-in tariff and retail price";
    const reason = `${degraded ?? "nobody is expected to have anything left over or to lack anything"}: ${middle}`;
    const limit = atMost(priceWithFee(midMarketPerKwh, tariff.feeBps), tariff.retailPerKwh);
    return {
      ...shared,
      supplyDemandPerKwh: null,
      ratioPermille: null,
      ask: { pricePerKwh: midMarketPerKwh, reason, chance: pastChance(past, (price) => price >= midMarketPerKwh) },
      bid: { pricePerKwh: limit, reason, chance: pastChance(past, (price) => price <= midMarketPerKwh) },
      degraded,
    };
  }
  const supplyDemandPerKwh = spreadOf(prices);
  const ask = supplyDemandPerKwh.lower;
  const limit = atMost(priceWithFee(supplyDemandPerKwh.upper, tariff.feeBps), tariff.retailPerKwh);
  const net = askWithinLimit(limit, tariff.feeBps);
  const ratioPermille = ratioOf(outcomes);
  const seen = inWords(ratioPermille);
  return {
    ...shared,
    supplyDemandPerKwh,
    ratioPermille,
    ask: {
      pricePerKwh: ask,
      reason: `${seen}; a clearing pays every seller its one price, never less than the ask, so ask at the low end of where it is expected`,
      chance:
        pastChance(past, (price) => price >= ask) ??
        forecastChance(outcomes, range, (price, { surplusWh, deficitWh }) => price >= ask && surplusWh <= deficitWh),
    },
    bid: {
      pricePerKwh: limit,
      reason: `${seen}; a clearing charges every buyer its one price, never more than the limit, so bid at the high end of where it is expected, with the fee`,
      chance:
        pastChance(past, (price) => price <= net) ??
        forecastChance(outcomes, range, (price, { surplusWh, deficitWh }) => price <= net && deficitWh <= surplusWh),
    },
    degraded: homesDegraded,
  };
}

function inWords({ lower, median, upper }: Spread<bigint | null>): string {
  const state =
    median === null || median >= 1000n
      ? "neighbours are expected to have as much left over as they lack, or more, so that the price lies at the feed-in tariff"
      : median >= 500n
        ? "neighbours are expected to have left over most of what they lack"
        : "neighbours are expected to lack more than twice what they have left over, so that the price lies near the grid's";
  if (median === null) return state;
  const percent = (value: bigint | null) => (value === null ? "any" : `${value / 10n} %`);
  const spread = lower === upper ? "" : `, in four cases of five ${percent(lower)} to ${percent(upper)}`;
  return `${state} (surplus ${percent(median)} of deficit${spread})`;
}

/** How often it would have come true; slots without a clearing count as not. */
function pastChance(past: readonly PastSlot[], holds: (price: bigint) => boolean): Chance | null {
  if (past.length < FEWEST_SLOTS) return null;
  const held = past.filter(({ clearingPricePerKwh: price }) => price !== null && holds(price)).length;
  return { probability: held / past.length, basis: "past_clearings", slots: past.length };
}

function forecastChance(
  outcomes: readonly Balance[],
  range: PriceRange,
  holds: (price: bigint, outcome: Balance) => boolean,
): Chance {
  const held = outcomes.filter((outcome) => {
    const price = supplyDemandPrice(outcome, range);
    return price !== null && holds(price, outcome);
  });
  return { probability: held.length / outcomes.length, basis: "forecast", slots: null };
}

const atMost = (value: bigint, most: bigint): bigint => (value < most ? value : most);
const sorted = (values: bigint[]): bigint[] => values.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** The middle of the two values around each quantile is not needed: a value that did occur is as good. */
function spreadOf(values: readonly bigint[]): Spread<bigint> {
  const at = (share: number) => values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0n;
  return { lower: at(0.1), median: at(0.5), upper: at(0.9) };
}

/** Outcomes in which nothing is lacking are above all ratios. */
function ratioOf(outcomes: readonly Balance[]): Spread<bigint | null> {
  const ratios = sorted(
    outcomes.map(({ surplusWh, deficitWh }) => (deficitWh === 0n ? ABOVE_ALL : (surplusWh * 1000n) / deficitWh)),
  );
  const { lower, median, upper } = spreadOf(ratios);
  const shown = (ratio: bigint) => (ratio === ABOVE_ALL ? null : ratio);
  return { lower: shown(lower), median: shown(median), upper: shown(upper) };
}
const ABOVE_ALL = 2n ** 128n;

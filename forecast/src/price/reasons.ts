// Why a price is as it is: a code with its parameters for who writes words of their own, and the same in English.

/** 10 %, 50 % and 90 % of the forecast's outcomes. */
export interface Spread<T> {
  lower: T;
  median: T;
  upper: T;
}

/** Surplus as a share of deficit, in thousandths; null where nothing is lacking. */
export type Ratio = Spread<bigint | null>;

/** Homes, of different owners, that anything is told about together: with fewer one could be guessed. */
export const FEWEST_HOMES = 5;

const ENGLISH = {
  surplus_covers_deficit:
    "neighbours are expected to have as much left over as they lack, or more, so that the price lies at the feed-in tariff",
  surplus_covers_half: "neighbours are expected to have left over most of what they lack",
  surplus_covers_less:
    "neighbours are expected to lack more than twice what they have left over, so that the price lies near the grid's",
  nothing_to_trade: "nobody is expected to have anything left over or to lack anything",
  no_forecast: "no forecast of the homes",
  too_few_owners: `forecasts of the homes of fewer than ${FEWEST_HOMES} owners: a price made from them would tell about each`,
  no_feed_in_tariff: "the supply-demand ratio makes no prices where the feed-in tariff is 0",
  simple_forecasts: "simple forecasts of the homes stand in",
  no_grid_prices: "no retail price and feed-in tariff are configured",
  fee_too_high:
    "the fee is more than what lies between feed-in tariff and retail price, so no price leaves both sides better off",
  chain_unreachable: "the chain can't be asked now",
  indexer_unreachable: "the indexer can't be asked now: standing asks and bids and past clearings are left out",
} as const;

export type ReasonCode = keyof typeof ENGLISH;
export const REASON_CODES = Object.keys(ENGLISH) as [ReasonCode, ...ReasonCode[]];

/** A parameter is null where the code has none of it. */
export interface Why {
  code: ReasonCode;
  /** Of `surplus_covers_…`. */
  ratio: Ratio | null;
  /** Of `too_few_owners`. */
  fewestOwners: number | null;
}

export interface Reason {
  /** In English. */
  reason: string;
  why: Why;
}

export function reasonOf(code: ReasonCode): Reason {
  const fewestOwners = code === "too_few_owners" ? FEWEST_HOMES : null;
  return { reason: ENGLISH[code], why: { code, ratio: null, fewestOwners } };
}

/** What the forecast says of surplus and deficit. */
export function reasonOfRatio(ratio: Ratio): Reason {
  const { lower, median, upper } = ratio;
  const code =
    median === null || median >= 1000n
      ? "surplus_covers_deficit"
      : median >= 500n
        ? "surplus_covers_half"
        : "surplus_covers_less";
  const percent = (value: bigint | null) => (value === null ? "any" : `${value / 10n} %`);
  const spread = lower === upper ? "" : `, in four cases of five ${percent(lower)} to ${percent(upper)}`;
  const figures = median === null ? "" : ` (surplus ${percent(median)} of deficit${spread})`;
  return { reason: `${ENGLISH[code]}${figures}`, why: { code, ratio, fewestOwners: null } };
}

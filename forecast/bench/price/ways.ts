// The ways of asking and bidding that the backtest compares. Nobody asks below the feed-in tariff or bids above the retail
// price, whatever a rule says: the grid is always there.
import { askWithinLimit, priceWithFee } from "@gridx/contracts";
import { uniform } from "@gridx/operator/random";
import { type Balance, midMarketPrice, supplyDemandPrice } from "../../src/price/rules.ts";
import { priceSlot } from "../../src/price/suggest.ts";
import { type GridTariff, rangeOf } from "../../src/price/tariff.ts";
import { type TieredTariff, tieredPrice } from "../../src/price/tiered.ts";
import type { Before, Prices, Way } from "./backtest.ts";
import type { Hour } from "./community.ts";

/** All ask and bid by one price; where it lies outside what a side accepts, that side stays at its own limit. */
function at(pricePerKwh: bigint | null, before: Before): Prices[] {
  return before.hindsight.readings.map(() => bounded(pricePerKwh, pricePerKwh, before.tariff));
}

function bounded(ask: bigint | null, bid: bigint | null, { retailPerKwh, feedInPerKwh, feeBps }: GridTariff): Prices {
  const limit = bid === null ? null : priceWithFee(bid, feeBps);
  return {
    ask: ask === null ? null : ask < feedInPerKwh ? feedInPerKwh : ask,
    limit: limit === null ? null : limit > retailPerKwh ? retailPerKwh : limit,
  };
}

const priced = ({ tariff, homes }: Before) => priceSlot({ tariff, homes, bidsWh: 0n, past: [] });

/** The mean demand of a home in the hour, as forecast; where nothing is, what the base is for. */
const demandKwh = ({ homes }: Before, tariff: TieredTariff) =>
  homes ? homes.reduce((sum, { load }) => sum + load.medianWh, 0) / homes.length / 1000 : tariff.lowBelowKwh;

export function waysOf(tiered: TieredTariff): Way[] {
  const ratio = (before: Before) => {
    const price = priced(before);
    return at(price?.supplyDemandPerKwh?.median ?? price?.midMarketPerKwh ?? null, before);
  };
  const suggested = (before: Before): Prices[] => {
    const price = priced(before);
    return before.hindsight.readings.map(() => ({
      ask: price?.ask.pricePerKwh ?? null,
      limit: price?.bid.pricePerKwh ?? null,
    }));
  };
  const middle = (before: Before) => {
    const range = rangeOf(before.tariff);
    return at(range && midMarketPrice(range), before);
  };
  return [
    {
      name: "tiered baseline",
      bids: "metered",
      prices: (before) => at(tieredPrice(demandKwh(before, tiered), tiered).pricePerKwh, before),
    },
    { name: "mid-market rate", bids: "metered", prices: middle },
    { name: "supply-demand ratio, forecast", bids: "metered", prices: ratio },
    { name: "supply-demand ratio, as it came out", bids: "metered", prices: foresight },
    { name: "suggested ask and bid", bids: "metered", prices: suggested },
    {
      name: "own limits",
      bids: "metered",
      prices: ({ tariff, hindsight }) =>
        hindsight.readings.map(() => ({ ask: tariff.feedInPerKwh, limit: tariff.retailPerKwh })),
    },
    { name: "zero intelligence", bids: "metered", prices: random },
    { name: "mid-market rate, bids ahead", bids: "ahead", prices: middle },
    { name: "suggested ask and bid, bids ahead", bids: "ahead", prices: suggested },
  ];
}

/** The ratio of what then happened: what a perfect forecast would have made of it. */
function foresight(before: Before): Prices[] {
  const range = rangeOf(before.tariff);
  return at(range && supplyDemandPrice(balanceOf(before.hindsight), range), before);
}

/** What homes had left over and lacked in an hour. */
export function balanceOf({ readings }: Hour): Balance {
  let [surplusWh, deficitWh] = [0n, 0n];
  for (const reading of readings) {
    const net = BigInt((reading?.productionWh ?? 0) - (reading?.consumptionWh ?? 0));
    if (net > 0n) surplusWh += net;
    else deficitWh -= net;
  }
  return { surplusWh, deficitWh };
}

/**
 * Traders without intelligence but with a budget (ZI-C: D. K. Gode, S. Sunder, "Allocative Efficiency of Markets with
 * Zero-Intelligence Traders", Journal of Political Economy 101, 1993): each draws evenly between its own limit and the other
 * side's. The draws are those of the hour and the home.
 */
function random({ tariff, hindsight, index }: Before): Prices[] {
  const highest = askWithinLimit(tariff.retailPerKwh, tariff.feeBps);
  const room = Number(highest - tariff.feedInPerKwh);
  const draw = (home: number, side: number) =>
    tariff.feedInPerKwh + BigInt(Math.floor(uniform(1993, index, home, side) * (room + 1)));
  return hindsight.readings.map((_, home) => bounded(draw(home, 0), draw(home, 1), tariff));
}

import {
  concentration,
  type MeteredEnergy,
  share,
  sumOf,
  type TradeFacts,
  theilSenSlope,
  usedLocallyWh,
  vwap,
} from "./measures.ts";

const SECONDS_PER_DAY = 86_400;

/** Stretches of slots: the first included, the last not. Unix seconds. */
export interface Window {
  from: number;
  to: number;
}

export interface MarketFacts {
  window: Window;
  slotDuration: number;
  /** Trades of energy of the window's slots. */
  trades: readonly TradeFacts[];
  /** Lots of the window's slots that had an ask: what was on offer. Null where it is not known. */
  offeredWh: bigint | null;
  /** Of all homes; the stretches that may be published. */
  energy: readonly MeteredEnergy[];
  /** Null where none is configured. */
  grid: { retailPerKwh: bigint; feedInPerKwh: bigint } | null;
}

export interface MarketAnalysis {
  window: Window;
  trades: number;
  volumeWh: bigint;
  vwapPerKwh: bigint | null;
  lowestPerKwh: bigint | null;
  highestPerKwh: bigint | null;
  /** Median slope of the daily averages; below 0 where prices fall. */
  trendPerKwhPerDay: bigint | null;
  offeredWh: bigint | null;
  /** Liquidity: sold ÷ offered. */
  soldShare: number | null;
  sellers: number;
  buyers: number;
  sellerConcentrationHhi: number | null;
  buyerConcentrationHhi: number | null;
  producedWh: bigint | null;
  consumedWh: bigint | null;
  selfSufficiency: number | null;
  selfConsumption: number | null;
  /** Hours of the window with metered energy. */
  meteredHours: number;
  buyersSaved: bigint | null;
  sellersGained: bigint | null;
  feesPaid: bigint;
  avoidedCarbonGrams: bigint;
  peakDemandWatts: bigint | null;
  peakDemandAt: number | null;
  peakImportWatts: bigint | null;
  peakImportAt: number | null;
}

/** All measures of a window. What has no meaning there is null, never 0. */
export function analyseMarket({ window, slotDuration, trades, offeredWh, energy, grid }: MarketFacts): MarketAnalysis {
  const volumeWh = sumOf(trades, (trade) => trade.energyWh);
  const prices = trades.map(({ pricePerKwh }) => pricePerKwh).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const metered = energy.length > 0;
  const producedWh = sumOf(energy, ({ productionWh }) => productionWh);
  const consumedWh = sumOf(energy, ({ consumptionWh }) => consumptionWh);
  const local = usedLocallyWh(energy);
  const demand = peak(energy, ({ consumptionWh }) => consumptionWh);
  const importing = peak(energy, ({ consumptionWh, productionWh }) => consumptionWh - productionWh);
  const fees = sumOf(trades, ({ feePaid }) => feePaid);
  const paid = sumOf(trades, ({ payment }) => payment);
  return {
    window,
    trades: trades.length,
    volumeWh,
    vwapPerKwh: vwap(trades),
    lowestPerKwh: prices[0] ?? null,
    highestPerKwh: prices.at(-1) ?? null,
    trendPerKwhPerDay: trendOf(trades, window, slotDuration),
    offeredWh,
    soldShare: offeredWh === null ? null : share(volumeWh, offeredWh),
    sellers: new Set(trades.map(({ seller }) => seller)).size,
    buyers: new Set(trades.map(({ buyer }) => buyer)).size,
    sellerConcentrationHhi: concentration(trades, "seller"),
    buyerConcentrationHhi: concentration(trades, "buyer"),
    producedWh: metered ? producedWh : null,
    consumedWh: metered ? consumedWh : null,
    selfSufficiency: metered ? share(local, consumedWh) : null,
    selfConsumption: metered ? share(local, producedWh) : null,
    meteredHours: energy.reduce((sum, { lengthSeconds }) => sum + lengthSeconds, 0) / 3600,
    // Of the kWh traded: what the grid would have charged less what was paid, and what was received less what the grid pays.
    buyersSaved: grid && (volumeWh * grid.retailPerKwh) / 1000n - paid - fees,
    sellersGained: grid && paid - (volumeWh * grid.feedInPerKwh) / 1000n,
    feesPaid: fees,
    avoidedCarbonGrams: sumOf(trades, ({ carbonGrams }) => carbonGrams),
    peakDemandWatts: demand?.watts ?? null,
    peakDemandAt: demand?.startsAt ?? null,
    // Where the community never needed the grid there is no such peak.
    peakImportWatts: importing?.watts ?? null,
    peakImportAt: importing?.startsAt ?? null,
  };
}

/** The slope of the volume-weighted averages of the days of the window, counted from its beginning. */
function trendOf(trades: readonly TradeFacts[], { from }: Window, slotDuration: number): bigint | null {
  const days = new Map<number, TradeFacts[]>();
  for (const trade of trades) {
    const day = Math.floor((trade.slot * slotDuration - from) / SECONDS_PER_DAY);
    const list = days.get(day);
    if (list) list.push(trade);
    else days.set(day, [trade]);
  }
  const points = [...days].map(([day, list]) => [day, Number(vwap(list) ?? 0n)] as const);
  const slope = theilSenSlope(points);
  return slope === null ? null : BigInt(Math.round(slope));
}

/** The highest mean power of a stretch, if any is above 0; of equals the first. */
function peak(energy: readonly MeteredEnergy[], of: (energy: MeteredEnergy) => bigint) {
  let highest: { watts: bigint; startsAt: number } | undefined;
  for (const stretch of energy) {
    const watts = (of(stretch) * 3600n) / BigInt(stretch.lengthSeconds);
    if (watts > (highest?.watts ?? 0n)) highest = { watts, startsAt: stretch.startsAt };
  }
  return highest;
}

// Totals by slot and day that an indexer should have, newest first.
import type { Rows } from "./rows.ts";

const SECONDS_PER_DAY = 86_400;

const none = () => ({
  volumeWh: 0n,
  turnover: 0n,
  fees: 0n,
  high: null as bigint | null,
  low: null as bigint | null,
  trades: 0,
  buyers: new Set<string>(),
  sellers: new Set<string>(),
  carbonGrams: 0n,
  clearedWh: 0n,
  clearedTurnover: 0n,
  clearingPrice: null as bigint | null,
});
type Totals = ReturnType<typeof none>;

/** `periodOf` tells the slot or day of a slot, `seconds` how long that is. */
function totalsBy(
  { trades, clearings }: Rows,
  name: "slot" | "day",
  seconds: number,
  periodOf: (slot: number) => number,
) {
  const periods = new Map<number, Totals>();
  const of = (slot: number): Totals => {
    const period = periodOf(slot);
    const totals = periods.get(period) ?? none();
    periods.set(period, totals);
    return totals;
  };
  for (const { slot, energyWh, payment, feePaid, pricePerKwh, carbonGrams, buyer, seller, cleared } of trades) {
    const totals = of(slot);
    totals.volumeWh += energyWh;
    totals.turnover += payment;
    totals.fees += feePaid;
    totals.carbonGrams += carbonGrams;
    totals.trades += 1;
    totals.buyers.add(buyer);
    totals.sellers.add(seller);
    if (totals.high === null || pricePerKwh > totals.high) totals.high = pricePerKwh;
    if (totals.low === null || pricePerKwh < totals.low) totals.low = pricePerKwh;
    if (!cleared) continue;
    totals.clearedWh += energyWh;
    totals.clearedTurnover += payment;
  }
  for (const { slot, pricePerKwh } of clearings) of(slot).clearingPrice = pricePerKwh;
  return [...periods]
    .sort(([a], [b]) => b - a)
    .map(([period, { buyers, sellers, ...totals }]) => ({
      [name]: period,
      start: period * seconds,
      ...totals,
      averagePerKwh: totals.trades === 0 ? null : (totals.turnover * 1000n) / totals.volumeWh,
      buyers: buyers.size,
      sellers: sellers.size,
    }));
}

export const slotMarketsOf = (rows: Rows, slotDuration: number) => totalsBy(rows, "slot", slotDuration, (slot) => slot);

/** A slot is of the UTC day in which it begins. */
export const dayMarketsOf = (rows: Rows, slotDuration: number) =>
  totalsBy(rows, "day", SECONDS_PER_DAY, (slot) => Math.floor((slot * slotDuration) / SECONDS_PER_DAY));

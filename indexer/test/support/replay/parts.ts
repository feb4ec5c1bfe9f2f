// What each took part in, and maps that fill themselves.
import type { Address } from "viem";
import type { TradeRow } from "./rows.ts";

const partOf = () => ({ boughtWh: 0n, soldWh: 0n, paid: 0n, feesPaid: 0n, earned: 0n, carbonGrams: 0n });

/** What each took part in of one slot or day, from all its trades. */
export function parts(trades: readonly TradeRow[], periodOf: (trade: TradeRow) => number) {
  const all = new Map<string, ReturnType<typeof partOf> & { period: number; address: Address; trades: TradeRow[] }>();
  for (const trade of trades) {
    const period = periodOf(trade);
    for (const address of [trade.buyer, trade.seller]) {
      const part = rowOf(all, `${period} ${address}`, () => ({ period, address, ...partOf(), trades: [] }));
      part.trades.push(trade);
      if (address === trade.seller) {
        part.soldWh += trade.energyWh;
        part.earned += trade.payment;
        continue;
      }
      part.boughtWh += trade.energyWh;
      part.paid += trade.payment;
      part.feesPaid += trade.feePaid;
      part.carbonGrams += trade.carbonGrams;
    }
  }
  return [...all.values()].map(({ trades, ...part }) => ({
    ...part,
    purchases: trades.filter(({ buyer }) => buyer === part.address).length,
    sales: trades.filter(({ seller }) => seller === part.address).length,
  }));
}
export function rowOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

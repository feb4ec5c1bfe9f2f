import { askWithinLimit, WH_PER_KWH } from "@gridx/contracts";

const BPS = 10_000n;

/**
 * The Wh that a balance certainly pays for, in up to `pairs` trades, at any price that the bid allows. Money is reckoned at
 * the bid's own limit, as an exchange reserves it, not at the price that comes out: what a bid counts for then does not depend
 * on the clearing that it is part of. Each trade rounds its payment up by less than a base unit:
 * `sum(ceil(x / 1000)) ≤ floor((sum(x) + 999 × pairs) / 1000)`; fees, rounded down each, are at most that of the sum.
 */
export function affordableWh(balance: bigint, limitPerKwh: bigint, feeBps: bigint, pairs: bigint): bigint {
  const price = askWithinLimit(limitPerKwh, feeBps);
  if (price === 0n || pairs === 0n) return 0n;
  // The largest payment that, with its fee, `floor(payment × (10000 + feeBps) / 10000)`, is within the balance.
  const payments = ((balance + 1n) * BPS - 1n) / (BPS + feeBps);
  const room = (payments + 1n) * WH_PER_KWH - 1n - (WH_PER_KWH - 1n) * pairs;
  return room > 0n ? room / price : 0n;
}

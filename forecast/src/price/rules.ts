// Prices of a trade: what the seller receives per kWh, the fee apart. Base units of the settlement token; Wh.
import type { PriceRange } from "./tariff.ts";

/** What neighbours have left over in a slot, and what they lack, their own use of their own solar taken off. */
export interface Balance {
  surplusWh: bigint;
  deficitWh: bigint;
}

/**
 * Supply-demand ratio: N. Liu, X. Yu, C. Wang, C. Li, L. Ma, J. Lei, "Energy-Sharing Model With Price-Based Demand Response
 * for Microgrids of Peer-to-Peer Prosumers", IEEE Transactions on Power Systems 32(5), 2017, pp. 3569–3583. With
 * SDR = total selling power / total buying power, its internal selling price is
 *
 *   Pr_sell = λ_sell · λ_buy / ((λ_buy − λ_sell) · SDR + λ_sell)   for 0 ≤ SDR ≤ 1
 *   Pr_sell = λ_sell                                              for SDR > 1
 *
 * λ_sell is the feed-in tariff. λ_buy is there the retail price; here it is the highest price that with the fee is within it,
 * since a buyer pays the fee too. The paper's internal buying price, Pr_sell · SDR + λ_buy · (1 − SDR), is what a buyer pays
 * on average who gets SDR of the need at Pr_sell and the rest from the grid, so it follows by itself and is no second price.
 * Rounded down. Null where nobody has anything left over and nobody lacks anything.
 */
export function supplyDemandPrice({ surplusWh, deficitWh }: Balance, { lowest, highest }: PriceRange): bigint | null {
  if (surplusWh === 0n && deficitWh === 0n) return null;
  if (surplusWh >= deficitWh) return lowest;
  // Both sides of the fraction times the deficit, so that no ratio is rounded.
  const below = (highest - lowest) * surplusWh + lowest * deficitWh;
  // A feed-in tariff of nothing makes every price nothing but that of no supply at all.
  return below === 0n ? highest : (lowest * highest * deficitWh) / below;
}

/**
 * Mid-market rate: C. Long, J. Wu, C. Zhang, L. Thomas, M. Cheng, N. Jenkins, "Peer-to-Peer Energy Trading in a Community
 * Microgrid", IEEE PES General Meeting 2017. Neighbours share what the grid keeps between its two prices: the middle, rounded
 * down. Its blended prices of an unbalanced slot are what the side that has too much gets on average from neighbours and grid together,
 * so they too follow by themselves.
 */
export const midMarketPrice = ({ lowest, highest }: PriceRange): bigint => (lowest + highest) / 2n;

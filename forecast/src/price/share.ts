// How much of an ask or a bid a clearing serves.
import type { Balance } from "./rules.ts";

/**
 * The part of an ask within the price that sells, 0 to 1: all where neighbours lack as much as they have left over, else the
 * part of the surplus that is lacking. A clearing serves better asks first and in full, and equal ones at the margin in
 * proportion to their energy; so this is exact where all ask alike, as all do who follow the suggestion. Where nothing is lacking
 * nothing sells.
 */
export function soldShare({ surplusWh, deficitWh }: Balance): number {
  if (deficitWh === 0n) return 0;
  return surplusWh <= deficitWh ? 1 : Number(deficitWh) / Number(surplusWh);
}

/** The part of a bid within the price that is served: the mirror image. Where nothing is left over nothing is bought. */
export const boughtShare = ({ surplusWh, deficitWh }: Balance): number =>
  soldShare({ surplusWh: deficitWh, deficitWh: surplusWh });

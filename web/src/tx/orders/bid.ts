import { askWithinLimit, feeOf, paymentOf } from "@gridx/contracts";

/** A standing bid. */
export interface BidOrder {
  /** The most to pay per kWh, fee included. */
  pricePerKwh: bigint;
  maxWhPerSlot: bigint;
}

export interface BidFigures {
  /** What a seller receives per kWh at the limit. */
  sellerPrice: bigint;
  /** What one full slot costs at the limit. */
  slotCost: bigint;
}

export function bidFigures({ pricePerKwh, maxWhPerSlot }: BidOrder, feeBps: number): BidFigures {
  const sellerPrice = askWithinLimit(pricePerKwh, BigInt(feeBps));
  const payment = paymentOf(maxWhPerSlot, sellerPrice);
  return { sellerPrice, slotCost: payment + feeOf(payment, BigInt(feeBps)) };
}

// A direct purchase, as it is agreed to.
import { carbonGramsOf, feeOf, paymentOf } from "@gridx/contracts";
import type { Address } from "viem";
import { t } from "../../i18n/t.ts";
import type { Format } from "../../ui/format.ts";
import type { Figure } from "../flow.ts";

/** What somebody agrees to. */
export interface PurchaseOrder {
  seller: Address;
  slot: number;
  energyWh: bigint;
  /** What the seller receives per kWh. */
  ask: bigint;
  feeBps: number;
  gramsPerMwh: number;
}

export interface PurchaseFigures {
  payment: bigint;
  fee: bigint;
  total: bigint;
  carbonGrams: bigint;
}

/** The contract's arithmetic for an order. */
export function purchaseFigures(order: PurchaseOrder): PurchaseFigures {
  const payment = paymentOf(order.energyWh, order.ask);
  const fee = feeOf(payment, BigInt(order.feeBps));
  const carbonGrams = carbonGramsOf(order.energyWh, BigInt(order.gramsPerMwh));
  return { payment, fee, total: payment + fee, carbonGrams };
}

/** The figures that a buyer sees before signing, every digit of them. */
export function purchaseRows(order: PurchaseOrder, format: Format): Figure[] {
  const { payment, fee, total, carbonGrams } = purchaseFigures(order);
  return [
    { label: t("tx.order.toSeller"), value: format.exactMoney(payment) },
    { label: t("tx.order.fee", { percent: format.number(order.feeBps / 100) }), value: format.exactMoney(fee) },
    { label: t("tx.order.total"), value: format.exactMoney(total) },
    { label: t("tx.order.avoided"), value: `${format.carbon(carbonGrams)} CO₂e` },
  ];
}

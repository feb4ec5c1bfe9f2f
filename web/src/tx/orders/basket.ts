// Energy from several lots, bought in one call.
import { carbonGramsOf, feeOf, paymentOf, priceWithFee } from "@gridx/contracts";
import type { Address } from "viem";
import { greatest } from "../../figures/extremes.ts";
import { t } from "../../i18n/t.ts";
import type { Format } from "../../ui/format.ts";
import type { Figure } from "../flow.ts";
import type { PurchaseFigures } from "./purchase.ts";

export interface BasketLine {
  seller: Address;
  slot: number;
  energyWh: bigint;
  /** What the seller receives per kWh. */
  ask: bigint;
}

export interface BasketOrder {
  /** Cheapest first. */
  lines: readonly BasketLine[];
  /** Buys nothing unless all of it is there; else what is. */
  allOrNothing: boolean;
  feeBps: number;
  gramsPerMwh: number;
}

export interface BasketFigures extends PurchaseFigures {
  energyWh: bigint;
  sellers: number;
  /** Per kWh with the fee: the dearest line, and all of it on average, rounded up. */
  worstPerKwh: bigint;
  averagePerKwh: bigint;
}

const sumOf = (values: readonly bigint[]): bigint => values.reduce((sum, value) => sum + value, 0n);

/** The contract's arithmetic, line by line. */
export function basketFigures({ lines, feeBps, gramsPerMwh }: Omit<BasketOrder, "allOrNothing">): BasketFigures {
  const bps = BigInt(feeBps);
  const payments = lines.map(({ energyWh, ask }) => paymentOf(energyWh, ask));
  const [payment, fee] = [sumOf(payments), sumOf(payments.map((part) => feeOf(part, bps)))];
  const energyWh = sumOf(lines.map((line) => line.energyWh));
  const worst = lines.reduce((most, { ask }) => greatest(ask, most), 0n);
  const total = payment + fee;
  return {
    ...{ payment, fee, total, energyWh },
    carbonGrams: sumOf(lines.map((line) => carbonGramsOf(line.energyWh, BigInt(gramsPerMwh)))),
    sellers: new Set(lines.map(({ seller }) => seller)).size,
    worstPerKwh: priceWithFee(worst, bps),
    averagePerKwh: energyWh === 0n ? 0n : (total * 1000n + energyWh - 1n) / energyWh,
  };
}

/** The figures that a buyer sees before signing, every digit of them. */
export function basketRows(order: BasketOrder, format: Format): Figure[] {
  const { payment, fee, total, carbonGrams, worstPerKwh, averagePerKwh, sellers } = basketFigures(order);
  return [
    { label: t("tx.order.lots"), value: t("tx.order.lots.of", { count: order.lines.length, sellers }) },
    { label: t("tx.order.worst"), value: format.perKwh(worstPerKwh) },
    { label: t("tx.order.average"), value: format.perKwh(averagePerKwh) },
    { label: t("tx.order.toSellers"), value: format.exactMoney(payment) },
    { label: t("tx.order.fee", { percent: format.number(order.feeBps / 100) }), value: format.exactMoney(fee) },
    { label: t("tx.order.total"), value: format.exactMoney(total) },
    { label: t("tx.order.avoided"), value: `${format.carbon(carbonGrams)} CO₂e` },
  ];
}

import { t } from "../../i18n/t.ts";

/** What is wrong with an amount to buy; `left` is what there is, and null no limit of an emergency. */
export function amountError(
  value: bigint | null,
  left: bigint,
  allowanceWh: bigint | null,
  kwh: (value: bigint) => string,
): string | null {
  if (value === null) return null;
  if (value === 0n) return t("market.order.zero");
  if (value > left) return t("market.order.only", { energy: kwh(left) });
  if (allowanceWh === null || value <= allowanceWh) return null;
  return allowanceWh === 0n ? t("market.order.noAllowance") : t("market.order.allowance", { energy: kwh(allowanceWh) });
}

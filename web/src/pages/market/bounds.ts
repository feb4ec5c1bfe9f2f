import type { Market } from "@gridx/indexer/client";
import { t } from "../../i18n/t.ts";

/** What is wrong with a price that lies outside the market's bounds. */
export function priceBoundsError(
  price: bigint | null,
  market: Pick<Market, "minPrice" | "maxPrice"> | undefined,
  show: (price: bigint) => string,
): string | null {
  if (price === null || !market) return null;
  if (price >= market.minPrice && price <= market.maxPrice) return null;
  return t("market.bounds", { low: show(market.minPrice), high: show(market.maxPrice) });
}

import { useSite } from "../../config/SiteContext.ts";
import { t } from "../../i18n/t.ts";
import { Button } from "../../ui/Button.tsx";
import { reasonOf } from "../../ui/states.tsx";
import { usePriceSuggestion } from "./reads.ts";

interface SuggestedPriceProps {
  side: "ask" | "bid";
  /** Fills the price in. */
  onUse: (pricePerKwh: bigint) => void;
  disabled: boolean;
}

/** What the forecast service would ask or bid in the next slot, why, and how likely it is to come true. */
export function SuggestedPrice({ side, onUse, disabled }: SuggestedPriceProps) {
  const { format } = useSite();
  const { data, error } = usePriceSuggestion();
  const suggestion = data?.market?.[side];
  if (!suggestion) {
    const why = error ? reasonOf(error) : data?.reason;
    return (
      <p className="mb-3 min-h-10 text-xs text-pretty text-muted" role="status">
        {why ? t("market.suggest.unavailable", { reason: why }) : t("market.suggest.loading")}
      </p>
    );
  }
  const { pricePerKwhBaseUnits: price, reason, chance } = suggestion;
  return (
    <div className="mb-3 rounded-control bg-raised/60 p-3 text-xs">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-sm text-soft">
          {t("market.suggest", { price: format.perKwh(price) })}
          <span className="block text-xs text-muted">
            {chance
              ? t(side === "ask" ? "market.suggest.sells" : "market.suggest.buys", {
                  percent: format.percent(chance.probability),
                })
              : t("market.suggest.unmeasured")}
          </span>
        </p>
        <Button
          disabled={disabled}
          aria-label={t(side === "ask" ? "market.suggest.useAsk" : "market.suggest.useBid")}
          onClick={() => onUse(price)}
        >
          {t("market.suggest.use")}
        </Button>
      </div>
      <details>
        <summary className="flex min-h-11 cursor-pointer items-center text-cyan">{t("market.suggest.why")}</summary>
        {/* The service's own words. */}
        <p lang="en" className="text-pretty text-soft">
          {reason}
        </p>
        {chance && (
          <p className="mt-1 text-muted">
            {chance.basis === "past_clearings"
              ? t("market.suggest.measured", { slots: chance.slots ?? 0 })
              : t("market.suggest.forecast")}
          </p>
        )}
        {data?.degraded && data.reason && (
          <p className="mt-1 text-amber">{t("market.suggest.degraded", { reason: data.reason })}</p>
        )}
      </details>
    </div>
  );
}

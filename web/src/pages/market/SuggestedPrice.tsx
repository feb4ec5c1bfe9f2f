import { useSite } from "../../config/SiteContext.ts";
import { t } from "../../i18n/t.ts";
import { Button } from "../../ui/Button.tsx";
import { reasonOf } from "../../ui/states.tsx";
import { InWords } from "./InWords.tsx";
import { usePriceSuggestion } from "./reads.ts";
import { basisInWords, chanceInWords, lackInWords, reasonInWords, type Side, shareInWords } from "./suggestion.ts";

interface SuggestedPriceProps {
  side: Side;
  /** Fills the price in. */
  onUse: (pricePerKwh: bigint) => void;
  disabled: boolean;
}

/** What the forecast service would ask or bid in the next slot, why, and how much of it is expected to be served. */
export function SuggestedPrice({ side, onUse, disabled }: SuggestedPriceProps) {
  const { format } = useSite();
  const { data, error } = usePriceSuggestion();
  const context = { side, format };
  const lack = data?.why && <InWords words={lackInWords(data.why, context)} english={data.reason} />;
  const suggestion = data?.market?.[side];
  if (!suggestion) {
    const why = error ? reasonOf(error) : lack;
    return (
      // Room for what comes, so that the fields below stay where they are.
      <p className={`mb-3 text-xs text-pretty text-muted ${why ? "min-h-10" : "min-h-36"}`} role="status">
        {why ? (
          <>
            {t("market.suggest.unavailable")} {why}
          </>
        ) : (
          t("market.suggest.loading")
        )}
      </p>
    );
  }
  const { pricePerKwhBaseUnits: price, reason, why, expectedShare, priceBasis } = suggestion;
  const share = shareInWords(suggestion, context);
  const chance = chanceInWords(suggestion, context);
  return (
    <div className="mb-3 rounded-control bg-raised/60 p-3 text-xs">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="min-w-0 flex-1 basis-36 text-sm text-soft">
          {t("market.suggest", { price: format.perKwh(price) })}
          <span
            className={share ? "block font-medium text-pretty text-text" : "block text-xs text-pretty text-muted"}
            title={expectedShare === null ? undefined : format.percent(expectedShare)}
          >
            {share ?? chance ?? t("market.suggest.unmeasured")}
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
        <p className="text-pretty text-soft">
          <InWords words={reasonInWords(why, { ...context, priceBasis })} english={reason} />
        </p>
        {share && (
          <p className="mt-1 text-pretty text-muted">
            {chance} {basisInWords(suggestion)}
          </p>
        )}
        {lack && data?.why?.code !== why.code && (
          <p className="mt-1 text-pretty text-amber">
            {t("market.suggest.degraded")} {lack}
          </p>
        )}
      </details>
    </div>
  );
}

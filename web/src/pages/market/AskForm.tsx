import { priceWithFee } from "@gridx/contracts";
import { type FormEvent, useState } from "react";
import { useSite } from "../../config/SiteContext.ts";
import { useMarket } from "../../data/indexer.ts";
import { t } from "../../i18n/t.ts";
import { useTransactions } from "../../tx/TransactionProvider.tsx";
import { Button } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { useAddress } from "../../wallet/session.ts";
import { priceBoundsError } from "./bounds.ts";
import { SuggestedPrice } from "./SuggestedPrice.tsx";

/** The standing price at which the wallet's surplus is offered; 0 is none. */
export function AskForm({ standing }: { standing: bigint }) {
  const address = useAddress();
  const { data: market } = useMarket();
  const { start } = useTransactions();
  const [text, setText] = useState("");
  const { format, deployment } = useSite();
  const parsed = format.input.read(text, deployment.tokenDecimals, t("app.field.price"));
  const error = parsed.error ?? priceBoundsError(parsed.value, market, format.price);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // What was typed meanwhile stays.
    const onDone = () => setText((now) => (now === text ? "" : now));
    if (parsed.value !== null && !error) start({ kind: "ask", pricePerKwh: parsed.value }, onDone);
  };
  const buyersPay =
    parsed.value !== null && !error && market
      ? t("market.ask.buyersPay", { price: format.price(priceWithFee(parsed.value, BigInt(market.feeBps))) })
      : t("market.ask.hint");
  return (
    <form onSubmit={submit} noValidate aria-label={t("market.ask")}>
      <SuggestedPrice
        side="ask"
        disabled={!address}
        onUse={(price) => setText(format.input.write(price, deployment.tokenDecimals))}
      />
      <Field
        label={t("market.ask.label")}
        unit={`${format.symbol}/kWh`}
        value={text}
        onChange={setText}
        error={error}
        hint={address ? buyersPay : t("market.ask.connect")}
        placeholder={format.input.placeholder}
        disabled={!address}
      />
      <div className="mt-1 flex flex-wrap gap-3">
        <Button type="submit" className="flex-1" disabled={!address || parsed.value === null || error !== null}>
          {standing > 0n ? t("market.ask.change") : t("market.ask.set")}
        </Button>
        {standing > 0n && (
          <Button look="quiet" onClick={() => start({ kind: "ask", pricePerKwh: 0n })}>
            {t("market.ask.stop")}
          </Button>
        )}
      </div>
    </form>
  );
}

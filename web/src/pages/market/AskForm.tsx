import { priceWithFee } from "@gridx/contracts";
import { type FormEvent, useState } from "react";
import { useSite } from "../../config/SiteContext.ts";
import { useMarket } from "../../data/indexer.ts";
import { useTransactions } from "../../tx/TransactionProvider.tsx";
import { Button } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { useAddress } from "../../wallet/session.ts";
import { priceBoundsError } from "./bounds.ts";

/** The standing price at which the wallet's surplus is offered; 0 is none. */
export function AskForm({ standing }: { standing: bigint }) {
  const address = useAddress();
  const { data: market } = useMarket();
  const { start } = useTransactions();
  const [text, setText] = useState("");
  const { format, deployment } = useSite();
  const parsed = format.input.read(text, deployment.tokenDecimals, "Price");
  const error = parsed.error ?? priceBoundsError(parsed.value, market, format.price);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // What was typed meanwhile stays.
    const onDone = () => setText((now) => (now === text ? "" : now));
    if (parsed.value !== null && !error) start({ kind: "ask", pricePerKwh: parsed.value }, onDone);
  };
  const buyersPay =
    parsed.value !== null && !error && market
      ? `Buyers pay ${format.price(priceWithFee(parsed.value, BigInt(market.feeBps)))} with the grid fee.`
      : "You receive this or more; the grid fee comes on top.";
  return (
    <form onSubmit={submit} noValidate aria-label="Ask">
      <Field
        label="Ask: price for my surplus"
        unit={`${format.symbol}/kWh`}
        value={text}
        onChange={setText}
        error={error}
        hint={address ? buyersPay : "Connect a wallet to sell what your meter reports."}
        placeholder={format.input.placeholder}
        disabled={!address}
      />
      <div className="mt-1 flex flex-wrap gap-3">
        <Button type="submit" className="flex-1" disabled={!address || parsed.value === null || error !== null}>
          {standing > 0n ? "Change ask" : "Set ask"}
        </Button>
        {standing > 0n && (
          <Button look="quiet" onClick={() => start({ kind: "ask", pricePerKwh: 0n })}>
            Stop selling
          </Button>
        )}
      </div>
    </form>
  );
}

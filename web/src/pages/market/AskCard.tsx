import { priceWithFee } from "@gridx/contracts";
import { type FormEvent, useState } from "react";
import { useAccount } from "wagmi";
import { useSite } from "../../config/SiteContext.ts";
import { useReader, useWallet } from "../../data/chain.ts";
import { useMarket } from "../../data/indexer.ts";
import { askPlan } from "../../tx/plans/money.ts";
import { useTransactions } from "../../tx/TransactionProvider.tsx";
import { Button } from "../../ui/Button.tsx";
import { Card } from "../../ui/Card.tsx";
import { Field } from "../../ui/Field.tsx";

/** The standing price at which the wallet's surplus is offered. */
export function AskCard() {
  const site = useSite();
  const reader = useReader();
  const { address } = useAccount();
  const { data: wallet } = useWallet(address);
  const { data: market } = useMarket();
  const { start } = useTransactions();
  const [text, setText] = useState("");
  const { format, deployment } = site;
  const parsed = format.input.read(text, deployment.tokenDecimals, "Price");
  const error = parsed.error ?? boundsError(parsed.value, market, format.price);
  const standing = wallet?.nextAsk ?? 0n;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // What was typed meanwhile stays.
    const onDone = () => setText((now) => (now === text ? "" : now));
    if (parsed.value !== null && !error) start({ ...askPlan({ site, reader }, parsed.value), onDone });
  };
  const buyersPay =
    parsed.value !== null && !error && market
      ? `Buyers pay ${format.price(priceWithFee(parsed.value, BigInt(market.feeBps)))} with the grid fee.`
      : "You receive exactly this; the grid fee comes on top.";
  return (
    <Card
      title="My ask"
      aside={
        address && (
          <span className="text-sm text-soft">
            {standing > 0n ? `${format.price(standing)} ${format.symbol}/kWh` : "not selling"}
          </span>
        )
      }
    >
      <form onSubmit={submit} noValidate>
        <Field
          label="Price for my surplus"
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
            Set ask
          </Button>
          {standing > 0n && (
            <Button look="quiet" onClick={() => start(askPlan({ site, reader }, 0n))}>
              Stop selling
            </Button>
          )}
        </div>
      </form>
    </Card>
  );
}

function boundsError(
  price: bigint | null,
  market: { minPrice: bigint; maxPrice: bigint } | undefined,
  show: (price: bigint) => string,
): string | null {
  if (price === null || !market) return null;
  if (price >= market.minPrice && price <= market.maxPrice) return null;
  return `Between ${show(market.minPrice)} and ${show(market.maxPrice)}.`;
}

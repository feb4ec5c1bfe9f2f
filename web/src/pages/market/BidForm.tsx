import { type FormEvent, useState } from "react";
import { useSite } from "../../config/SiteContext.ts";
import { useWallet } from "../../data/chain.ts";
import { useMarket } from "../../data/indexer.ts";
import { t } from "../../i18n/t.ts";
import { type BidOrder, bidFigures } from "../../tx/orders/bid.ts";
import { useTransactions } from "../../tx/TransactionProvider.tsx";
import { Button } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { KWH_DECIMALS } from "../../ui/parse.ts";
import { useAddress } from "../../wallet/session.ts";
import { priceBoundsError } from "./bounds.ts";
import { SuggestedPrice } from "./SuggestedPrice.tsx";

/** The standing bid of the wallet: set, change, end. Its fields show what stands until something is typed. */
export function BidForm({ standing }: { standing: BidOrder }) {
  const address = useAddress();
  const { data: market } = useMarket();
  const { data: wallet } = useWallet(address);
  const { start } = useTransactions();
  const [priceText, setPriceText] = useState<string | null>(null);
  const [energyText, setEnergyText] = useState<string | null>(null);
  const { format, deployment } = useSite();
  const { input } = format;
  const stands = standing.pricePerKwh > 0n;
  const shown = (value: bigint, decimals: number) => (stands ? input.write(value, decimals) : "");
  const priceShown = priceText ?? shown(standing.pricePerKwh, deployment.tokenDecimals);
  const energyShown = energyText ?? shown(standing.maxWhPerSlot, KWH_DECIMALS);
  const price = input.read(priceShown, deployment.tokenDecimals, t("app.field.price"));
  const energy = input.read(energyShown, KWH_DECIMALS, t("app.field.energy"));
  const priceError = price.error ?? priceBoundsError(price.value, market, format.price);
  const energyError = energy.error ?? (energy.value === 0n ? t("market.bid.zero") : null);
  const order: BidOrder | null =
    price.value !== null && energy.value !== null && !priceError && !energyError
      ? { pricePerKwh: price.value, maxWhPerSlot: energy.value }
      : null;
  const same = order?.pricePerKwh === standing.pricePerKwh && order.maxWhPerSlot === standing.maxWhPerSlot;
  const figures = order && market ? bidFigures(order, market.feeBps) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!order || !market || same) return;
    const onDone = () => {
      // What was typed meanwhile stays.
      setPriceText((now) => (now === priceText ? null : now));
      setEnergyText((now) => (now === energyText ? null : now));
    };
    start({ kind: "bid", order, feeBps: market.feeBps }, onDone);
  };
  const end = () => {
    const onDone = () => {
      setPriceText(null);
      setEnergyText(null);
    };
    start({ kind: "endBid" }, onDone);
  };
  const priceHint = figures
    ? t("market.bid.sellerGets", { price: format.price(figures.sellerPrice) })
    : t("market.bid.hint");
  return (
    <form onSubmit={submit} noValidate aria-label={t("market.bid")}>
      <SuggestedPrice
        side="bid"
        disabled={!address}
        onUse={(suggested) => setPriceText(input.write(suggested, deployment.tokenDecimals))}
      />
      <div className="grid gap-y-2">
        <Field
          label={t("market.bid.price")}
          unit={`${format.symbol}/kWh`}
          value={priceShown}
          onChange={setPriceText}
          error={priceError}
          hint={address ? priceHint : t("market.bid.connect")}
          placeholder={input.placeholder}
          disabled={!address}
        />
        <Field
          label={t("market.bid.energy")}
          unit="kWh"
          value={energyShown}
          onChange={setEnergyText}
          error={energyError}
          hint={figures ? t("market.bid.cost", { amount: format.exactMoney(figures.slotCost) }) : undefined}
          placeholder={input.write(500n, KWH_DECIMALS)}
          disabled={!address}
        />
      </div>
      <div role="status">
        {figures && wallet && wallet.balance < figures.slotCost && (
          <p className="mt-1 mb-3 rounded-control border border-amber/40 bg-amber/10 p-3 text-sm text-amber">
            {t("market.bid.short", {
              balance: format.money(wallet.balance),
              missing: format.money(figures.slotCost - wallet.balance),
            })}
          </p>
        )}
      </div>
      <div className="mt-1 flex flex-wrap gap-3">
        <Button type="submit" className="flex-1" disabled={!address || !order || !market || same}>
          {stands ? t("market.bid.change") : t("market.bid.set")}
        </Button>
        {stands && (
          <Button look="quiet" onClick={end}>
            {t("market.bid.end")}
          </Button>
        )}
      </div>
      <p className="mt-3 text-xs text-pretty text-muted">{t("market.bid.note")}</p>
    </form>
  );
}

import { type FormEvent, useId, useState } from "react";
import type { Address } from "viem";
import { useSite } from "../../config/SiteContext.ts";
import { useWallet } from "../../data/chain.ts";
import { useAllowance } from "../../data/emergency.ts";
import { useMarket } from "../../data/indexer.ts";
import { least } from "../../figures/extremes.ts";
import { t } from "../../i18n/t.ts";
import { type BasketOrder, basketFigures, basketRows } from "../../tx/orders/basket.ts";
import { useTransactions } from "../../tx/TransactionProvider.tsx";
import { Button } from "../../ui/Button.tsx";
import { Card } from "../../ui/Card.tsx";
import { Field } from "../../ui/Field.tsx";
import { shortHex } from "../../ui/format.ts";
import { KWH_DECIMALS } from "../../ui/parse.ts";
import { useOpenConnect } from "../../wallet/ConnectContext.tsx";
import { useAddress } from "../../wallet/session.ts";
import { amountError } from "./amount.ts";
import { fillBasket, MOST_LINES, mostOf, sellersOf } from "./fill.ts";
import { PaidFrom } from "./PaidFrom.tsx";
import type { Shelf } from "./useShelf.ts";

/** So much energy, cheapest first, from all neighbours or from one, in one transaction. */
export function BasketCard({ shelf, paused }: { shelf: Shelf; paused: boolean }) {
  const { format } = useSite();
  const address = useAddress();
  const { data: market } = useMarket();
  const { data: wallet } = useWallet(address);
  const { start } = useTransactions();
  const openConnect = useOpenConnect();
  const allowanceWh = useAllowance()?.leftWh ?? null;
  const [text, setText] = useState("");
  const [seller, setSeller] = useState<Address>();
  const [allOrNothing, setAllOrNothing] = useState(false);
  const lots = shelf.lots ?? [];
  const sellers = sellersOf(lots, address);
  const onShelf = mostOf(lots, address, seller);
  const most = least(onShelf, allowanceWh ?? onShelf);
  const parsed = format.input.read(text, KWH_DECIMALS, t("app.field.energy"));
  const wanted = parsed.value ?? 0n;
  const error = parsed.error ?? amountError(parsed.value, onShelf, allowanceWh, format.kwh);
  const { lines } = fillBasket(lots, { energyWh: wanted, buyer: address, seller });
  const order: BasketOrder | null =
    market && wanted > 0n && !error
      ? { lines, allOrNothing, feeBps: market.feeBps, gramsPerMwh: market.gramsPerMwh }
      : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!order || !address || paused) return;
    // What was typed meanwhile stays.
    start({ kind: "basket", order }, () => setText((now) => (now === text ? "" : now)));
  };
  return (
    <Card title={t("market.basket")} className="mb-5">
      <form onSubmit={submit} noValidate aria-label={t("market.basket")} className="grid gap-x-6 lg:grid-cols-2">
        <div>
          <Field
            label={t("app.field.energy")}
            unit="kWh"
            value={text}
            onChange={setText}
            error={error}
            hint={
              shelf.lots &&
              t("market.basket.most", { energy: format.kwh(most), count: Math.min(lots.length, MOST_LINES) })
            }
            onMost={most > 0n ? () => setText(format.input.write(most, KWH_DECIMALS)) : undefined}
            placeholder={format.input.write(1_000n, KWH_DECIMALS)}
          />
          <Sellers sellers={sellers} chosen={seller} onChange={setSeller} />
          <label className="flex min-h-11 items-center gap-3 text-sm text-soft">
            <input
              type="checkbox"
              className="size-5 accent-cyan"
              checked={allOrNothing}
              onChange={(event) => setAllOrNothing(event.target.checked)}
            />
            {t("market.basket.allOrNothing")}
          </label>
        </div>
        <div className="flex flex-col">
          {order ? (
            <dl className="divide-y divide-line text-sm">
              {basketRows(order, format).map(({ label, value }) => (
                <div key={label} className="flex items-baseline justify-between gap-4 py-1.5">
                  <dt className="text-muted">{label}</dt>
                  <dd className="text-end font-medium">{value}</dd>
                </div>
              ))}
            </dl>
          ) : (
            <p className="text-sm text-pretty text-muted">{t("market.basket.how")}</p>
          )}
          {order && wallet && <PaidFrom total={basketFigures(order).total} wallet={wallet} />}
          <p className="sr-only" role="status">
            {order && t("market.basket.said", { total: format.exactMoney(basketFigures(order).total) })}
          </p>
          {address ? (
            <Button type="submit" look="primary" className="mt-4 w-full" disabled={!order || paused}>
              {paused ? t("market.paused.buy") : t("market.basket.buy")}
            </Button>
          ) : (
            <Button look="primary" className="mt-4 w-full" onClick={openConnect}>
              {t("market.basket.connect")}
            </Button>
          )}
        </div>
      </form>
    </Card>
  );
}

interface SellersProps {
  sellers: readonly Address[];
  chosen: Address | undefined;
  onChange: (seller: Address | undefined) => void;
}

function Sellers({ sellers, chosen, onChange }: SellersProps) {
  const id = useId();
  const all = chosen && !sellers.includes(chosen) ? [...sellers, chosen] : sellers;
  return (
    <div className="mt-1">
      <label htmlFor={id} className="text-sm text-soft">
        {t("market.basket.from")}
      </label>
      <select
        id={id}
        value={chosen ?? ""}
        onChange={({ target }) => onChange(target.value === "" ? undefined : (target.value as Address))}
        className="mt-1 min-h-11 w-full rounded-control border border-edge/70 bg-night px-3"
      >
        <option value="">{t("market.basket.anyone")}</option>
        {all.map((seller) => (
          <option key={seller} value={seller}>
            {shortHex(seller)}
          </option>
        ))}
      </select>
    </div>
  );
}

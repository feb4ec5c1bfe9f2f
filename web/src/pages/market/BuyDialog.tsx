import { type FormEvent, useRef, useState } from "react";
import { useSite } from "../../config/SiteContext.ts";
import { useBlock, useWallet } from "../../data/chain.ts";
import { useAllowance } from "../../data/emergency.ts";
import { useMarket } from "../../data/indexer.ts";
import { least } from "../../figures/extremes.ts";
import { t } from "../../i18n/t.ts";
import { type PurchaseOrder, purchaseFigures, purchaseRows } from "../../tx/orders/purchase.ts";
import { useTransactions } from "../../tx/TransactionProvider.tsx";
import { Address } from "../../ui/Address.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { shortHex } from "../../ui/format.ts";
import { KWH_DECIMALS } from "../../ui/parse.ts";
import { useOpenConnect } from "../../wallet/ConnectContext.tsx";
import { useAddress } from "../../wallet/session.ts";
import { amountError } from "./amount.ts";
import { type LotId, leftWh } from "./lot.ts";
import { PaidFrom } from "./PaidFrom.tsx";
import type { ShelfLot } from "./shelf.ts";

interface BuyDialogProps {
  id: LotId;
  /** As the list has it now; gone when sold out or expired. */
  lot: ShelfLot | undefined;
  paused: boolean;
  onClose: () => void;
}

/** How much to buy from one lot, and what exactly that costs. */
export default function BuyDialog({ id, lot, paused, onClose }: BuyDialogProps) {
  const { format } = useSite();
  const { data: block } = useBlock();
  const now = block?.timestamp ?? 0;
  return (
    <Dialog open title={t("market.order", { seller: shortHex(id.seller) })} onClose={onClose}>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-soft">
        <Address address={id.seller} />
        <span>{t("market.order.produced", { slot: format.slot(id.slot, now), range: format.slotRange(id.slot) })}</span>
      </p>
      {lot && !lot.aboveCap ? (
        <OrderForm lot={lot} paused={paused} onClose={onClose} />
      ) : (
        <div className="mt-4" role="status">
          <p>{lot ? t("market.order.aboveCap") : t("market.order.gone")}</p>
          <Button className="mt-4 w-full" onClick={onClose}>
            {t("market.order.back")}
          </Button>
        </div>
      )}
    </Dialog>
  );
}

interface OrderFormProps {
  lot: ShelfLot;
  paused: boolean;
  onClose: () => void;
}

function OrderForm({ lot, paused, onClose }: OrderFormProps) {
  const { format } = useSite();
  const address = useAddress();
  const { data: market } = useMarket();
  const { data: wallet } = useWallet(address);
  const { start } = useTransactions();
  const openConnect = useOpenConnect();
  const allowanceWh = useAllowance()?.leftWh ?? null;
  const left = leftWh(lot);
  const most = least(left, allowanceWh ?? left);
  const [text, setText] = useState(() => format.input.write(least(most, WH_PER_KWH) || left, KWH_DECIMALS));
  // The price that was looked at; a lot's ask only goes down while the dialog is open.
  const ask = useRef(lot.ask).current;
  const parsed = format.input.read(text, KWH_DECIMALS, t("app.field.energy"));
  const error = parsed.error ?? amountError(parsed.value, left, allowanceWh, format.kwh);
  const order: PurchaseOrder | null =
    market && parsed.value !== null && !error
      ? { ...lot, ask, energyWh: parsed.value, feeBps: market.feeBps, gramsPerMwh: market.gramsPerMwh }
      : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!order || !address || paused) return;
    onClose();
    start({ kind: "purchase", order });
  };
  const connect = () => {
    onClose();
    openConnect();
  };
  return (
    <form className="mt-4" onSubmit={submit} noValidate>
      <Field
        label={t("app.field.energy")}
        unit="kWh"
        value={text}
        onChange={setText}
        error={error}
        hint={
          allowanceWh === null
            ? t("market.order.left", { energy: format.kwh(left), price: format.perKwh(ask) })
            : t("market.order.leftAllowed", {
                energy: format.kwh(left),
                price: format.perKwh(ask),
                allowance: format.kwh(allowanceWh),
              })
        }
        onMost={() => setText(format.input.write(most, KWH_DECIMALS))}
      />
      <dl className="mt-2 divide-y divide-line text-sm" aria-live="polite">
        {order
          ? purchaseRows(order, format).map(({ label, value }, index) => (
              <div key={label} className="flex items-baseline justify-between gap-4 py-1.5">
                <dt className="text-muted">{label}</dt>
                <dd className={`text-end font-medium ${index === 2 ? "text-base text-cyan" : ""}`}>{value}</dd>
              </div>
            ))
          : null}
      </dl>
      {order && wallet && <PaidFrom total={purchaseFigures(order).total} wallet={wallet} />}
      {address ? (
        <Button type="submit" look="primary" className="mt-4 w-full" disabled={!order || paused}>
          {paused ? t("market.paused.buy") : t("market.order.buy")}
        </Button>
      ) : (
        <Button look="primary" className="mt-4 w-full" onClick={connect}>
          {t("app.wallet.connect")}
        </Button>
      )}
    </form>
  );
}

const WH_PER_KWH = 1000n;

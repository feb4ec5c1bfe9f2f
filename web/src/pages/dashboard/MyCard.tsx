import { type ReactNode, useMemo } from "react";
import { Link } from "wouter";
import { useSite } from "../../config/SiteContext.ts";
import { useWallet } from "../../data/chain.ts";
import { useCarbonWallet } from "../../data/indexer.ts";
import { useToday } from "../../data/now.ts";
import { myTotals } from "../../figures/totals.ts";
import { t } from "../../i18n/t.ts";
import { Card, Stat } from "../../ui/Card.tsx";
import { useAddress } from "../../wallet/session.ts";
import { useTradesSince, useUser } from "./reads.ts";

/** The wallet's money, energy and carbon: now, today, and so far. */
export function MyCard() {
  const { format } = useSite();
  const address = useAddress();
  const wallet = useWallet(address);
  const user = useUser(address);
  const carbon = useCarbonWallet(address);
  const trades = useTradesSince(address, useToday());
  const today = useMemo(() => trades.data && address && myTotals(trades.data.rows, address), [trades.data, address]);
  const unread = wallet.isError || user.isError || trades.isError || carbon.isError;
  const money = (amount: bigint | undefined) =>
    amount === undefined ? "–" : <span title={format.exactMoney(amount)}>{format.money(amount)}</span>;
  const kwh = (energyWh: bigint | undefined) => (energyWh === undefined ? "–" : format.kwh(energyWh));
  const all = user.data;
  const ask = wallet.data?.nextAsk;
  const { bidPrice, bidWhPerSlot } = wallet.data ?? {};
  return (
    <Card
      title={t("dashboard.me")}
      aside={
        <Link href="/market" className="-my-1.5 inline-flex min-h-11 items-center text-sm text-cyan hover:underline">
          {t("dashboard.me.market")}
        </Link>
      }
    >
      <dl className="grid grid-cols-2 gap-x-4 gap-y-4 sm:grid-cols-4">
        <Stat label={t("dashboard.me.balance")} value={money(wallet.data?.balance)} tone="text-cyan" />
        <Stat
          label={t("dashboard.me.carbon")}
          value={carbon.data ? format.carbon(carbon.data.earnedGrams) : "–"}
          note={t("dashboard.me.carbonNote")}
          tone="text-lime"
        />
        <Stat
          label={t("dashboard.me.ask")}
          value={ask === undefined ? "–" : ask > 0n ? format.priceColumn(ask) : t("dashboard.me.noAsk")}
          note={`${format.symbol}/kWh`}
        />
        <Stat
          label={t("dashboard.me.bid")}
          value={bidPrice === undefined ? "–" : bidPrice > 0n ? format.priceColumn(bidPrice) : t("dashboard.me.noBid")}
          note={
            bidPrice && bidWhPerSlot
              ? t("dashboard.me.bidNote", { energy: format.kwh(bidWhPerSlot) })
              : `${format.symbol}/kWh`
          }
        />
      </dl>
      <Rows>
        <Line label={t("dashboard.me.bought")} today={kwh(today?.boughtWh)} ever={kwh(all?.boughtWh)} />
        <Line label={t("dashboard.me.paid")} today={money(today?.paid)} ever={money(all && all.paid + all.feesPaid)} />
        <Line label={t("dashboard.me.sold")} today={kwh(today?.soldWh)} ever={kwh(all?.soldWh)} />
        <Line label={t("dashboard.me.earned")} today={money(today?.earned)} ever={money(all?.earned)} />
      </Rows>
      {trades.data?.complete === false && <p className="mt-2 text-xs text-amber">{t("dashboard.me.more")}</p>}
      {unread && <p className="mt-2 text-xs text-amber">{t("dashboard.me.stale")}</p>}
    </Card>
  );
}

function Rows({ children }: { children: ReactNode }) {
  return (
    <table className="mt-4 w-full table-fixed text-sm">
      <caption className="sr-only">{t("dashboard.me.table")}</caption>
      <thead>
        <tr className="text-xs text-muted">
          <td />
          <th scope="col" className="py-1 text-end font-normal">
            {t("dashboard.today")}
          </th>
          <th scope="col" className="py-1 text-end font-normal">
            {t("dashboard.soFar")}
          </th>
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

function Line({ label, today, ever }: { label: string; today: ReactNode; ever: ReactNode }) {
  return (
    <tr className="border-t border-line">
      <th scope="row" className="py-2 text-start font-normal text-soft">
        {label}
      </th>
      <td className="py-2 text-end font-medium">{today}</td>
      <td className="py-2 text-end">{ever}</td>
    </tr>
  );
}

import type { Trade } from "@gridx/indexer/client";
import { Link } from "wouter";
import { useSite } from "../../config/SiteContext.ts";
import { useBlock } from "../../data/chain.ts";
import { t } from "../../i18n/t.ts";
import { Address } from "../../ui/Address.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { shortHex } from "../../ui/format.ts";
import { useAddress } from "../../wallet/session.ts";
import { VerifyMark } from "./VerifyMark.tsx";

export function useTradeColumns(): Column<Trade>[] {
  const { format } = useSite();
  const address = useAddress();
  const { data: block } = useBlock();
  const now = block?.timestamp ?? 0;
  return [
    {
      label: t("trades.column.traded"),
      cell: ({ blockTimestamp, cleared }) => (
        <>
          <time dateTime={new Date(blockTimestamp * 1000).toISOString()} title={format.dateTime(blockTimestamp)}>
            {now === 0 ? format.time(blockTimestamp) : format.ago(blockTimestamp, now)}
          </time>{" "}
          <HowTraded cleared={cleared} />
        </>
      ),
    },
    { label: t("trades.column.seller"), cell: ({ seller }) => <Address address={seller} me={seller === address} /> },
    { label: t("trades.column.buyer"), cell: ({ buyer }) => <Address address={buyer} me={buyer === address} /> },
    { label: t("trades.column.produced"), cell: ({ slot }) => format.slot(slot, now) },
    { label: t("trades.column.energy"), end: true, span: 4, cell: ({ energyWh }) => format.kwh(energyWh) },
    { label: t("trades.column.price"), end: true, span: 3, cell: ({ pricePerKwh }) => format.priceColumn(pricePerKwh) },
    {
      label: t("trades.column.paid"),
      end: true,
      span: 5,
      cell: ({ payment, feePaid }) => (
        <span title={t("trades.paid", { payment: format.exactMoney(payment), fee: format.exactMoney(feePaid) })}>
          {format.priceColumn(payment)} <span className="text-xs text-muted">+ {format.priceColumn(feePaid)}</span>
        </span>
      ),
    },
    {
      label: "CO₂e",
      end: true,
      span: 4,
      cell: ({ carbonGrams }) => (
        <span className="text-lime" title={t("trades.avoided")}>
          {format.carbon(carbonGrams)}
        </span>
      ),
    },
    {
      label: t("trades.column.trade"),
      span: 8,
      cell: ({ tradeId }) => (
        <Link
          href={`/trades/${tradeId}`}
          title={tradeId}
          className="inline-flex min-h-11 items-center font-mono text-[0.8125rem] text-cyan underline underline-offset-2"
        >
          {shortHex(tradeId)}
        </Link>
      ),
    },
    {
      label: t("trades.column.verify"),
      bare: true,
      end: true,
      span: 12,
      cell: (trade) => <VerifyMark trade={trade} />,
    },
  ];
}

/** By a bid at the clearing, or from the shelf. */
export function HowTraded({ cleared }: { cleared: boolean }) {
  return cleared ? (
    <span
      className="rounded-full border border-violet/40 bg-violet/10 px-2 py-px text-xs text-violet"
      title={t("trades.cleared.title")}
    >
      {t("trades.cleared")}
    </span>
  ) : (
    <span className="rounded-full border border-line px-2 py-px text-xs text-muted" title={t("trades.direct.title")}>
      {t("trades.direct")}
    </span>
  );
}

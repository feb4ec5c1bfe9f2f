import { priceWithFee, slotStart } from "@gridx/contracts";
import { useSite } from "../../config/SiteContext.ts";
import { useMarket } from "../../data/indexer.ts";
import { t } from "../../i18n/t.ts";
import { Address } from "../../ui/Address.tsx";
import { Button } from "../../ui/Button.tsx";
import { Card } from "../../ui/Card.tsx";
import { type Column, DataTable } from "../../ui/DataTable.tsx";
import { shortHex } from "../../ui/format.ts";
import { EmptyState, ErrorState, LoadingRows } from "../../ui/states.tsx";
import { useAddress } from "../../wallet/session.ts";
import { type LotId, leftWh } from "./lot.ts";
import type { ShelfLot } from "./shelf.ts";
import type { Shelf } from "./useShelf.ts";

interface LotsCardProps {
  shelf: Shelf;
  /** Rows to show. */
  count: number;
  onBuy: (lot: LotId) => void;
  onMore: () => void;
}

export function LotsCard({ shelf, count, onBuy, onMore }: LotsCardProps) {
  const { lots, query, now } = shelf;
  const { data: market } = useMarket();
  const columns = useLotColumns(now, onBuy);
  const unread = lots === undefined;
  return (
    <Card
      title={t("market.lots")}
      aside={lots && lots.length > 0 && <span className="text-xs text-muted">{t("market.lots.aside")}</span>}
      flush
    >
      {unread && !query.isError && <LoadingRows label={t("market.lots.loading")} />}
      {unread && query.isError && (
        <ErrorState what={t("market.lots.what")} error={query.error} onRetry={() => void query.refetch()} />
      )}
      {lots?.length === 0 && (
        <EmptyState title={t("market.lots.none")}>
          {market && market.shelfDelaySlots > 0 ? t("market.lots.afterClearing") : t("market.lots.afterReport")}
        </EmptyState>
      )}
      {lots && lots.length > 0 && (
        <DataTable
          label={t("market.lots.table")}
          columns={columns}
          rows={lots.slice(0, count)}
          rowKey={(lot) => `${lot.seller}-${lot.slot}`}
        />
      )}
      {lots && lots.length > count && (
        <div className="border-t border-line p-3 text-center">
          <Button look="quiet" onClick={onMore}>
            {t("market.lots.more")}
          </Button>
        </div>
      )}
    </Card>
  );
}

const SOON_SECONDS = 60;

function useLotColumns(now: number, onBuy: (lot: LotId) => void): Column<ShelfLot>[] {
  const { format, deployment } = useSite();
  const address = useAddress();
  const { data: market } = useMarket();
  const feeBps = BigInt(market?.feeBps ?? 0);
  const ended = (slot: number) => slotStart(slot + 1, deployment.slotDuration);
  return [
    {
      label: t("market.lots.seller"),
      span: 6,
      cell: ({ seller }) => <Address address={seller} me={seller === address} />,
    },
    {
      label: t("market.lots.produced"),
      cell: ({ slot, secondsLeft }) => (
        <span title={format.dateTime(slotStart(slot, deployment.slotDuration))}>
          {format.slot(slot, now)}{" "}
          <span className={`text-xs whitespace-nowrap ${secondsLeft < SOON_SECONDS ? "text-amber" : "text-muted"}`}>
            {secondsLeft < SOON_SECONDS ? t("market.lots.expires") : format.ago(ended(slot), now)}
          </span>
        </span>
      ),
    },
    { label: t("market.lots.left"), end: true, span: 4, cell: (lot) => format.kwh(leftWh(lot)) },
    {
      label: t("market.lots.ask"),
      end: true,
      span: 4,
      cell: ({ ask }) => <span title={format.price(ask)}>{format.priceColumn(ask)}</span>,
    },
    {
      label: t("market.lots.fee"),
      end: true,
      span: 4,
      cell: ({ ask }) => <span className="text-muted">{format.priceColumn(priceWithFee(ask, feeBps) - ask)}</span>,
    },
    {
      label: t("market.lots.total"),
      end: true,
      span: 5,
      cell: ({ ask }) => (
        <>
          <span className="font-semibold text-cyan">{format.priceColumn(priceWithFee(ask, feeBps))}</span>{" "}
          <span className="hide-on-card text-xs text-muted">{format.symbol}</span>
        </>
      ),
    },
    {
      label: t("market.lots.buy"),
      bare: true,
      end: true,
      span: 7,
      cell: (lot) =>
        lot.aboveCap ? (
          <span className="inline-flex min-h-11 items-center text-sm text-amber" title={t("market.lots.aboveCap")}>
            {t("market.lots.notNow")}
          </span>
        ) : (
          <Button
            className="w-full md:w-auto"
            aria-label={t("market.lots.buyFrom", { seller: shortHex(lot.seller), slot: format.slot(lot.slot, now) })}
            disabled={lot.seller === address}
            onClick={() => onBuy(lot)}
          >
            {lot.seller === address ? t("market.lots.yours") : t("market.lots.buy")}
          </Button>
        ),
    },
  ];
}

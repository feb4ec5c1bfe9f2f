import { priceWithFee, slotStart } from "@gridx/contracts";
import { useSite } from "../../config/SiteContext.ts";
import { useMarket } from "../../data/indexer.ts";
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
      title="Live lots"
      aside={lots && lots.length > 0 && <span className="text-xs text-muted">Prices per kWh</span>}
      flush
    >
      {unread && !query.isError && <LoadingRows label="Loading lots" />}
      {unread && query.isError && (
        <ErrorState what="The lots" error={query.error} onRetry={() => void query.refetch()} />
      )}
      {lots?.length === 0 && (
        <EmptyState title="Nothing is for sale right now">
          {market && market.shelfDelaySlots > 0
            ? "Lots appear once their slot was cleared, with what the bids left."
            : "Lots appear as soon as meters have reported a slot's surplus."}{" "}
          By night that can take a while.
        </EmptyState>
      )}
      {lots && lots.length > 0 && (
        <DataTable
          label="Live lots, cheapest first"
          columns={columns}
          rows={lots.slice(0, count)}
          rowKey={(lot) => `${lot.seller}-${lot.slot}`}
        />
      )}
      {lots && lots.length > count && (
        <div className="border-t border-line p-3 text-center">
          <Button look="quiet" onClick={onMore}>
            Show more lots
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
    { label: "Seller", span: 6, cell: ({ seller }) => <Address address={seller} me={seller === address} /> },
    {
      label: "Produced",
      cell: ({ slot, secondsLeft }) => (
        <span title={format.dateTime(slotStart(slot, deployment.slotDuration))}>
          {format.slot(slot, now)}{" "}
          <span className={`text-xs whitespace-nowrap ${secondsLeft < SOON_SECONDS ? "text-amber" : "text-muted"}`}>
            {secondsLeft < SOON_SECONDS ? "expires soon" : format.ago(ended(slot), now)}
          </span>
        </span>
      ),
    },
    { label: "Left", end: true, span: 4, cell: (lot) => format.kwh(leftWh(lot)) },
    {
      label: "Ask",
      end: true,
      span: 4,
      cell: ({ ask }) => <span title={format.price(ask)}>{format.priceColumn(ask)}</span>,
    },
    {
      label: "Fee",
      end: true,
      span: 4,
      cell: ({ ask }) => <span className="text-muted">{format.priceColumn(priceWithFee(ask, feeBps) - ask)}</span>,
    },
    {
      label: "Total",
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
      label: "Buy",
      bare: true,
      end: true,
      span: 7,
      cell: (lot) =>
        lot.aboveCap ? (
          <span className="inline-flex min-h-11 items-center text-sm text-amber" title="Above the price cap">
            Not for sale now
          </span>
        ) : (
          <Button
            className="w-full md:w-auto"
            aria-label={`Buy from ${shortHex(lot.seller)}, ${format.slot(lot.slot, now)}`}
            disabled={lot.seller === address}
            onClick={() => onBuy(lot)}
          >
            {lot.seller === address ? "Yours" : "Buy"}
          </Button>
        ),
    },
  ];
}

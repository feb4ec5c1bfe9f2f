import { useEffect, useRef, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { useSite } from "../../config/SiteContext.ts";
import { t } from "../../i18n/t.ts";
import { Button } from "../../ui/Button.tsx";
import { Card } from "../../ui/Card.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { Page } from "../../ui/Page.tsx";
import { EmptyState, ErrorState, LoadingRows } from "../../ui/states.tsx";
import { useOpenConnect } from "../../wallet/ConnectContext.tsx";
import { useAddress } from "../../wallet/session.ts";
import { useTradeColumns } from "./columns.tsx";
import { FilterForm } from "./FilterForm.tsx";
import { csvUrl, isNarrowed, queryOf, readFilter, type TradeFilter, tradesHref } from "./filter.ts";
import { MOST_NEWER, useNewerTrades, useTradeList } from "./reads.ts";
import { WhoseTrades } from "./WhoseTrades.tsx";

export default function TradesPage() {
  const { config } = useSite();
  const address = useAddress();
  const search = useSearch();
  const [, navigate] = useLocation();
  const filter = readFilter(search);
  const narrowed = isNarrowed(filter);
  const change = (next: TradeFilter) => navigate(tradesHref(next));
  const query = queryOf(filter, address);
  return (
    <Page title={t("trades.title")} lead={t("trades.lead")}>
      <Card
        title={filter.mine ? t("trades.mine") : t("trades.all")}
        aside={
          <div className="flex flex-wrap items-center gap-3">
            <WhoseTrades
              mine={filter.mine}
              onMine={(mine) => change({ ...filter, mine, wallet: mine ? undefined : filter.wallet })}
              connected={address !== undefined}
            />
            {query && (
              <a
                href={csvUrl(config.indexerUrl, query)}
                download
                title={t("trades.csv.title")}
                className="inline-flex min-h-11 items-center rounded-control border border-edge/60 bg-raised px-4 text-[0.9375rem] hover:border-cyan/70 hover:bg-hover"
              >
                {t("trades.csv")}
              </a>
            )}
          </div>
        }
        flush
      >
        <details className="border-b border-line" open={narrowed || undefined}>
          <summary className="flex min-h-11 cursor-pointer items-center px-5 text-sm text-cyan">
            {narrowed ? t("trades.filter.on") : t("trades.filter.off")}
          </summary>
          {/* Made anew where the address says something else: after "clear", or the way back. */}
          <FilterForm key={search} filter={filter} onChange={change} />
        </details>
        {query ? <List key={JSON.stringify(query)} filter={filter} address={address} /> : <Unconnected />}
      </Card>
    </Page>
  );
}

function Unconnected() {
  const openConnect = useOpenConnect();
  return (
    <EmptyState title={t("trades.whose.connect")}>
      <Button className="mt-3" look="primary" onClick={openConnect}>
        {t("app.wallet.connect")}
      </Button>
    </EmptyState>
  );
}

interface ListProps {
  filter: TradeFilter;
  address: ReturnType<typeof useAddress>;
}

function List({ filter, address }: ListProps) {
  const query = queryOf(filter, address);
  const list = useTradeList(query);
  const { rows, hasNextPage, isFetchingNextPage, fetchNextPage, showNewer } = list;
  const newer = useNewerTrades(query, rows);
  const columns = useTradeColumns();
  const top = useRef<HTMLDivElement>(null);
  const show = async () => {
    await showNewer();
    top.current?.focus();
  };
  if (rows === undefined) {
    return list.isError ? (
      <ErrorState what={t("trades.what")} error={list.error} onRetry={() => void list.refetch()} />
    ) : (
      <LoadingRows label={t("trades.loading")} />
    );
  }
  return (
    <>
      <Newer count={newer} shown={rows.length} onShow={() => void show()} />
      {rows.length === 0 ? (
        <None filter={filter} />
      ) : (
        <div ref={top} tabIndex={-1} className="outline-none">
          <DataTable label={t("trades.table")} columns={columns} rows={rows} rowKey={({ tradeId }) => tradeId} />
        </div>
      )}
      {hasNextPage && <More rows={rows.length} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />}
      {list.isFetchNextPageError && (
        <p role="alert" className="px-5 pb-3 text-center text-sm text-amber">
          {t("trades.more.failed")}
        </p>
      )}
    </>
  );
}

/** Rows that came meanwhile are said, and shown when asked for. The line has its room from the start. */
function Newer({ count, shown, onShow }: { count: number | undefined; shown: number; onShow: () => void }) {
  const { format } = useSite();
  return (
    <div className="flex min-h-14 flex-wrap items-center justify-between gap-x-4 px-5 py-1.5">
      <p className="text-sm text-muted">{t("trades.shown", { count: shown })}</p>
      <div role="status">
        {count !== undefined && count > 0 && (
          <Button className="border-cyan/60 text-cyan" onClick={onShow}>
            {count >= MOST_NEWER
              ? t("trades.newer.many", { count: format.integer(MOST_NEWER) })
              : t("trades.newer", { count })}
          </Button>
        )}
      </div>
    </div>
  );
}

function None({ filter }: { filter: TradeFilter }) {
  if (isNarrowed(filter)) return <EmptyState title={t("trades.none.filter")}>{t("trades.none.filter.how")}</EmptyState>;
  return (
    <EmptyState title={filter.mine ? t("trades.none.mine") : t("trades.none.all")}>{t("trades.none.how")}</EmptyState>
  );
}

/** So many rows come by scrolling; then only when asked for, so that the end of the page can be reached. */
const BY_ITSELF = 200;

function More({ rows, busy, onMore }: { rows: number; busy: boolean; onMore: () => void }) {
  const end = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const element = end.current;
    if (!element) return;
    const observer = new IntersectionObserver(([entry]) => setSeen(entry?.isIntersecting ?? false), {
      rootMargin: "400px",
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const more = useRef(onMore);
  more.current = onMore;
  useEffect(() => {
    if (seen && !busy && rows < BY_ITSELF) more.current();
  }, [seen, busy, rows]);
  return (
    <div ref={end} className="border-t border-line p-3 text-center">
      <Button look="quiet" disabled={busy} onClick={onMore}>
        {busy ? t("trades.loading") : t("trades.more")}
      </Button>
    </div>
  );
}

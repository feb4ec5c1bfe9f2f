import { useState } from "react";
import { useTrades } from "../../data/indexer.ts";
import { t } from "../../i18n/t.ts";
import { Button } from "../../ui/Button.tsx";
import { Card } from "../../ui/Card.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { Page } from "../../ui/Page.tsx";
import { EmptyState, ErrorState, LoadingRows } from "../../ui/states.tsx";
import { useAddress } from "../../wallet/session.ts";
import { useTradeColumns } from "./columns.tsx";
import { WhoseTrades } from "./WhoseTrades.tsx";

const FIRST = 50;
const MOST = 200;

export default function TradesPage() {
  const address = useAddress();
  const [mine, setMine] = useState(false);
  const [limit, setLimit] = useState(FIRST);
  const user = mine && address ? address : null;
  const trades = useTrades(user, limit);
  const columns = useTradeColumns();
  // While somebody works in the list it stands still: a row must not slide away under a press of "Verify".
  const [held, setHeld] = useState<typeof trades.data>();
  const rows = (held ?? trades.data)?.items;
  return (
    <Page title={t("trades.title")} lead={t("trades.lead")}>
      <Card
        title={user ? t("trades.mine") : t("trades.all")}
        aside={<WhoseTrades mine={user !== null} onMine={setMine} connected={address !== undefined} />}
        flush
      >
        {rows === undefined && !trades.isError && <LoadingRows label={t("trades.loading")} />}
        {rows === undefined && trades.isError && (
          <ErrorState what={t("trades.what")} error={trades.error} onRetry={() => void trades.refetch()} />
        )}
        {rows?.length === 0 && (
          <EmptyState title={user ? t("trades.none.mine") : t("trades.none.all")}>{t("trades.none.how")}</EmptyState>
        )}
        {rows && rows.length > 0 && (
          // biome-ignore lint/a11y/noStaticElementInteractions: only hears the focus of the buttons inside
          <div onFocus={() => setHeld(trades.data)} onBlur={() => setHeld(undefined)}>
            <DataTable label={t("trades.table")} columns={columns} rows={rows} rowKey={(trade) => trade.tradeId} />
          </div>
        )}
        {trades.data?.nextCursor && limit < MOST && (
          <div className="border-t border-line p-3 text-center">
            <Button look="quiet" onClick={() => setLimit(Math.min(MOST, limit * 2))}>
              {t("trades.more")}
            </Button>
          </div>
        )}
        {trades.data?.nextCursor && limit >= MOST && (
          <p className="border-t border-line p-3 text-center text-muted">{t("trades.most", { count: MOST })}</p>
        )}
      </Card>
    </Page>
  );
}

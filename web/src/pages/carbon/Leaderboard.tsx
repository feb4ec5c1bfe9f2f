import type { Leader } from "@gridx/indexer/client";
import { useState } from "react";
import type { Address as AddressHex } from "viem";
import { useSite } from "../../config/SiteContext.ts";
import { useLeaderboard } from "../../data/indexer.ts";
import { t } from "../../i18n/t.ts";
import { Address } from "../../ui/Address.tsx";
import { Button } from "../../ui/Button.tsx";
import { Card } from "../../ui/Card.tsx";
import { type Column, DataTable } from "../../ui/DataTable.tsx";
import { EmptyState, ErrorState, LoadingRows } from "../../ui/states.tsx";

const FIRST = 10;
const MORE = 50;

/** Who has avoided most, by energy bought. */
export function Leaderboard({ me }: { me: AddressHex | undefined }) {
  const { format } = useSite();
  const leaders = useLeaderboard();
  const [most, setMost] = useState(FIRST);
  const rows = leaders.data;
  const columns: Column<Leader>[] = [
    {
      label: t("carbon.leaders.rank"),
      span: 3,
      cell: ({ rank }) => <span className={rank <= 3 ? "font-semibold text-amber" : "text-muted"}>{rank}</span>,
    },
    {
      label: t("carbon.leaders.wallet"),
      span: 8,
      cell: ({ address }) => <Address address={address} me={address === me} />,
    },
    { label: t("carbon.leaders.bought"), end: true, span: 6, cell: ({ boughtWh }) => format.kwh(boughtWh) },
    {
      label: t("carbon.leaders.avoided"),
      end: true,
      cell: ({ earnedGrams }) => <span className="font-medium text-lime">{format.carbon(earnedGrams)}</span>,
    },
  ];
  const shown = rows?.filter(({ address }, index) => index < most || address === me);
  const hidden = rows !== undefined && most < rows.length;
  const showMore = () => {
    setMost(most + MORE);
    if (rows && most + MORE > rows.length && leaders.hasNextPage) void leaders.fetchNextPage();
  };
  return (
    <Card title={t("carbon.leaders")} flush>
      {rows === undefined && !leaders.isError && <LoadingRows label={t("carbon.leaders.loading")} />}
      {rows === undefined && leaders.isError && (
        <ErrorState what={t("carbon.leaders.what")} error={leaders.error} onRetry={() => void leaders.refetch()} />
      )}
      {rows?.length === 0 && <EmptyState title={t("carbon.leaders.none")}>{t("carbon.leaders.first")}</EmptyState>}
      {shown && shown.length > 0 && (
        <DataTable label={t("carbon.leaders.table")} columns={columns} rows={shown} rowKey={({ address }) => address} />
      )}
      {(hidden || leaders.hasNextPage) && (
        <div className="border-t border-line p-3 text-center">
          <Button look="quiet" disabled={leaders.isFetchingNextPage} onClick={showMore}>
            {t("carbon.leaders.more")}
          </Button>
        </div>
      )}
    </Card>
  );
}

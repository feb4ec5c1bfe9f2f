import type { Leader } from "@gridx/indexer/client";
import { useState } from "react";
import type { Address as AddressHex } from "viem";
import { useSite } from "../../config/SiteContext.ts";
import { useLeaderboard } from "../../data/indexer.ts";
import { Address } from "../../ui/Address.tsx";
import { Button } from "../../ui/Button.tsx";
import { Card } from "../../ui/Card.tsx";
import { type Column, DataTable } from "../../ui/DataTable.tsx";
import { EmptyState, ErrorState, LoadingRows } from "../../ui/states.tsx";

const FIRST = 10;

/** Who has avoided most, by energy bought. */
export function Leaderboard({ me }: { me: AddressHex | undefined }) {
  const { format } = useSite();
  const leaders = useLeaderboard();
  const [all, setAll] = useState(false);
  const rows = leaders.data?.items;
  const columns: Column<Leader>[] = [
    {
      label: "Rank",
      span: 3,
      cell: ({ rank }) => <span className={rank <= 3 ? "font-semibold text-amber" : "text-muted"}>{rank}</span>,
    },
    { label: "Wallet", span: 8, cell: ({ address }) => <Address address={address} me={address === me} /> },
    { label: "Bought", end: true, span: 6, cell: ({ boughtWh }) => format.kwh(boughtWh) },
    {
      label: "Avoided CO₂e",
      end: true,
      cell: ({ earnedGrams }) => <span className="font-medium text-lime">{format.carbon(earnedGrams)}</span>,
    },
  ];
  const shown = all ? rows : rows?.filter(({ rank, address }) => rank <= FIRST || address === me);
  return (
    <Card title="Leaderboard" flush>
      {rows === undefined && !leaders.isError && <LoadingRows label="Loading the leaderboard" />}
      {rows === undefined && leaders.isError && (
        <ErrorState what="The leaderboard" error={leaders.error} onRetry={() => void leaders.refetch()} />
      )}
      {rows?.length === 0 && <EmptyState title="Nobody is on it yet">The first purchase opens it.</EmptyState>}
      {shown && shown.length > 0 && (
        <DataTable
          label="Leaderboard, most avoided emissions first"
          columns={columns}
          rows={shown}
          rowKey={({ address }) => address}
        />
      )}
      {rows && shown && rows.length > shown.length && (
        <div className="border-t border-line p-3 text-center">
          <Button look="quiet" onClick={() => setAll(true)}>
            Show all {rows.length}
          </Button>
        </div>
      )}
    </Card>
  );
}

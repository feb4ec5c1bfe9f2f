import type { CarbonTransaction } from "@gridx/indexer/client";
import type { Address } from "viem";
import { useSite } from "../../config/SiteContext.ts";
import { useBlock } from "../../data/chain.ts";
import { useCarbonTransactions } from "../../data/indexer.ts";
import { Card } from "../../ui/Card.tsx";
import { type Column, DataTable } from "../../ui/DataTable.tsx";
import { shortHex } from "../../ui/format.ts";
import { EmptyState, ErrorState, LoadingRows } from "../../ui/states.tsx";

/** What the wallet earned and retired. */
export function CarbonHistory({ address }: { address: Address | undefined }) {
  const { format } = useSite();
  const { data: block } = useBlock();
  const history = useCarbonTransactions(address);
  const rows = history.data?.items;
  const columns: Column<CarbonTransaction>[] = [
    {
      label: "When",
      span: 4,
      cell: ({ blockTimestamp }) => (
        <span title={format.dateTime(blockTimestamp)}>
          {format.ago(blockTimestamp, block?.timestamp ?? blockTimestamp)}
        </span>
      ),
    },
    { label: "What", span: 5, cell: whatOf },
    {
      label: "CO₂e",
      end: true,
      span: 3,
      cell: ({ kind, grams }) => (
        <span className={`font-medium ${kind === "earned" ? "text-lime" : "text-violet"}`}>
          {kind === "earned" ? "+" : "−"}
          {format.carbon(grams)}
        </span>
      ),
    },
  ];
  return (
    <Card title="My history" flush>
      {!address && <EmptyState title="No wallet connected">Connect one to see what it earned.</EmptyState>}
      {address && rows === undefined && !history.isError && <LoadingRows label="Loading my history" />}
      {address && rows === undefined && history.isError && (
        <ErrorState what="Your history" error={history.error} onRetry={() => void history.refetch()} />
      )}
      {rows?.length === 0 && (
        <EmptyState title="Nothing earned yet">Each kWh bought from a neighbour counts, at once.</EmptyState>
      )}
      {rows && rows.length > 0 && (
        <DataTable label="My carbon history, newest first" columns={columns} rows={rows} rowKey={({ id }) => id} />
      )}
    </Card>
  );
}

function whatOf({ kind, tradeId, beneficiary, id }: CarbonTransaction) {
  if (kind === "spent") return `Retired for ${beneficiary || "nobody named"}`;
  return (
    <>
      Bought energy <span className="font-mono text-xs text-muted">{shortHex(tradeId ?? id)}</span>
    </>
  );
}

import type { CarbonTransaction } from "@gridx/indexer/client";
import type { Address } from "viem";
import { Link } from "wouter";
import { useSite } from "../../config/SiteContext.ts";
import { useBlock } from "../../data/chain.ts";
import { useCarbonTransactions } from "../../data/indexer.ts";
import { Trans } from "../../i18n/Trans.tsx";
import { t } from "../../i18n/t.ts";
import { Button } from "../../ui/Button.tsx";
import { Card } from "../../ui/Card.tsx";
import { type Column, DataTable } from "../../ui/DataTable.tsx";
import { shortHex } from "../../ui/format.ts";
import { EmptyState, ErrorState, LoadingRows } from "../../ui/states.tsx";

/** What the wallet earned and retired. */
export function CarbonHistory({ address }: { address: Address | undefined }) {
  const { format } = useSite();
  const { data: block } = useBlock();
  const history = useCarbonTransactions(address);
  const rows = history.data;
  const columns: Column<CarbonTransaction>[] = [
    {
      label: t("carbon.history.when"),
      span: 4,
      cell: ({ blockTimestamp }) => (
        <span title={format.dateTime(blockTimestamp)}>
          {format.ago(blockTimestamp, block?.timestamp ?? blockTimestamp)}
        </span>
      ),
    },
    { label: t("carbon.history.what"), span: 5, cell: whatOf },
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
    <Card title={t("carbon.history")} flush>
      {!address && <EmptyState title={t("carbon.history.noWallet")}>{t("carbon.history.connect")}</EmptyState>}
      {address && rows === undefined && !history.isError && <LoadingRows label={t("carbon.history.loading")} />}
      {address && rows === undefined && history.isError && (
        <ErrorState what={t("carbon.history.yours")} error={history.error} onRetry={() => void history.refetch()} />
      )}
      {rows?.length === 0 && <EmptyState title={t("carbon.history.none")}>{t("carbon.history.how")}</EmptyState>}
      {rows && rows.length > 0 && (
        <DataTable label={t("carbon.history.table")} columns={columns} rows={rows} rowKey={({ id }) => id} />
      )}
      {history.hasNextPage && (
        <div className="border-t border-line p-3 text-center">
          <Button look="quiet" disabled={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
            {t("carbon.history.more")}
          </Button>
        </div>
      )}
    </Card>
  );
}

function whatOf({ kind, tradeId, beneficiary, id, transactionHash }: CarbonTransaction) {
  if (kind === "spent") {
    const name = <bdi>{beneficiary || t("carbon.history.nobody")}</bdi>;
    return (
      <span className="inline-flex flex-wrap items-baseline gap-x-3">
        <span className="wrap-anywhere">
          <Trans id="carbon.history.retiredFor" values={{ name }} />
        </span>
        <Link href={`/carbon/claims/${transactionHash}`} className="text-cyan underline underline-offset-2">
          {t("carbon.history.certificate")}
        </Link>
      </span>
    );
  }
  const trade = <span className="font-mono text-xs text-muted">{shortHex(tradeId ?? id)}</span>;
  return <Trans id="carbon.history.bought" values={{ trade }} />;
}

import type { IndexedTransaction } from "@gridx/indexer/client";
import type { ReactNode } from "react";
import type { Hex } from "viem";
import { Link } from "wouter";
import { useSite } from "../../../config/SiteContext.ts";
import { TransactionLink } from "../../../figures/TransactionLink.tsx";
import { t } from "../../../i18n/t.ts";
import { Button } from "../../../ui/Button.tsx";
import { Card } from "../../../ui/Card.tsx";
import { shortHex } from "../../../ui/format.ts";
import { Page } from "../../../ui/Page.tsx";
import { ErrorState, LoadingRows } from "../../../ui/states.tsx";
import { useTrade } from "../reads.ts";
import { TradeView } from "./TradeView.tsx";

const ID = /^0x[0-9a-f]{64}$/i;

/** A trade for anybody who has its link; the link of a transaction leads to its trades. */
export default function TradePage({ id }: { id: string }) {
  return (
    <Page title={ID.test(id) ? `${t("trade.title")} ${shortHex(id)}` : t("trade.title")} lead={t("trade.lead")}>
      <p className="-mt-2 mb-3">
        <Link
          href="/trades"
          className="inline-flex min-h-11 items-center text-sm text-cyan underline underline-offset-2"
        >
          <span aria-hidden="true" className="me-1.5">
            ←
          </span>
          {t("trade.back")}
        </Link>
      </p>
      {ID.test(id) ? (
        <Trade id={id.toLowerCase() as Hex} />
      ) : (
        <Notice title={t("trade.badLink")}>{t("trade.badLink.text")}</Notice>
      )}
    </Page>
  );
}

function Trade({ id }: { id: Hex }) {
  const { config, format } = useSite();
  const { data, error, refetch, isFetching } = useTrade(id);
  const { host } = new URL(config.rpcUrl);
  if (!data) {
    return (
      <div className="card">
        {error ? (
          <ErrorState what={t("trade.what")} error={error} onRetry={() => void refetch()} />
        ) : (
          <LoadingRows label={t("trade.loading")} />
        )}
      </div>
    );
  }
  switch (data.kind) {
    case "trade":
      return <TradeView trade={data.trade} />;
    case "not-indexed":
      return (
        <Notice title={t("trade.notIndexed", { block: format.integer(data.blockNumber) })}>
          {t("trade.notIndexed.text")}
          <TransactionLink hash={data.transactionHash} label={t("trade.explorer")} />
        </Notice>
      );
    case "none":
      return (
        <Notice title={t("trade.none")} alert>
          {data.searched ? t("trade.none.text", { host }) : t("trade.none.unsearched", { host })}
          <span className="mt-3 block font-mono text-xs break-all text-muted">{id}</span>
          <Button className="mt-4" disabled={isFetching} onClick={() => void refetch()}>
            {t("trade.none.again")}
          </Button>
        </Notice>
      );
    case "transaction":
      return <Transaction transaction={data.transaction} />;
  }
}

/** Somebody came with the hash of a transaction: what became of it. */
function Transaction({ transaction }: { transaction: IndexedTransaction }) {
  const { format } = useSite();
  const { status, hash, blockNumber, trades } = transaction;
  const block = blockNumber === null ? "–" : format.integer(blockNumber);
  if (status === "pending") return <Notice title={t("trade.pending")}>{t("trade.pending.text")}</Notice>;
  if (status === "reverted") {
    return (
      <Notice title={t("trade.reverted")} alert>
        {t("trade.reverted.text")}
        <TransactionLink hash={hash} label={t("trade.explorer")} />
      </Notice>
    );
  }
  if (status !== "indexed") {
    return <Notice title={t("trade.confirmed", { block })}>{t("trade.confirmed.text")}</Notice>;
  }
  return (
    <Card title={t("trade.ofTransaction", { count: trades.length })} className="max-w-3xl">
      <ul className="divide-y divide-line">
        {trades.map(({ tradeId, energyWh, pricePerKwh }) => (
          <li key={tradeId}>
            <Link href={`/trades/${tradeId}`} className="flex min-h-11 flex-wrap items-center justify-between gap-x-4">
              <span className="font-mono text-sm text-cyan underline underline-offset-2">{shortHex(tradeId)}</span>
              <span className="text-sm text-soft">
                {format.kwh(energyWh)} · {format.perKwh(pricePerKwh)}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      <TransactionLink hash={hash} label={t("trade.explorer")} />
    </Card>
  );
}

/** Why there is no trade to see; `alert` where waiting does not help. */
function Notice({ title, children, alert }: { title: string; children: ReactNode; alert?: boolean }) {
  return (
    <div className="card max-w-3xl p-6" role={alert ? "alert" : "status"}>
      <p className="text-lg font-semibold">{title}</p>
      <div className="mt-1 text-soft wrap-anywhere">{children}</div>
    </div>
  );
}

import { slotStart } from "@gridx/contracts";
import type { OneTrade } from "@gridx/indexer/client";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { useSite } from "../../../config/SiteContext.ts";
import { useBlock } from "../../../data/chain.ts";
import { Hash, Row } from "../../../figures/Details.tsx";
import { TransactionLink } from "../../../figures/TransactionLink.tsx";
import { t } from "../../../i18n/t.ts";
import { Address } from "../../../ui/Address.tsx";
import { Card } from "../../../ui/Card.tsx";
import { useAddress } from "../../../wallet/session.ts";
import { HowTraded } from "../columns.tsx";
import { tradesHref } from "../filter.ts";
import { CarbonOfTrade } from "./CarbonOfTrade.tsx";
import { Provenance } from "./Provenance.tsx";
import { VerifyTrade } from "./VerifyTrade.tsx";

/** All that is known of one trade. */
export function TradeView({ trade }: { trade: OneTrade }) {
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="grid min-w-0 gap-5">
        <Summary trade={trade} />
        <Provenance trade={trade} />
        <Ledger trade={trade} />
      </div>
      <div className="grid min-w-0 gap-5">
        <VerifyTrade trade={trade} />
        <CarbonOfTrade trade={trade} />
      </div>
    </div>
  );
}

function Summary({ trade }: { trade: OneTrade }) {
  const { format, deployment } = useSite();
  const { data: block } = useBlock();
  const { seller, buyer, slot, energyWh, pricePerKwh, payment, feePaid, blockTimestamp, cleared } = trade;
  const start = slotStart(slot, deployment.slotDuration);
  return (
    <Card title={t("trade.summary")} aside={<HowTraded cleared={cleared} />}>
      <p className="text-3xl font-bold tracking-tight sm:text-4xl">
        {format.kwh(energyWh)}
        <span className="ms-3 text-lg font-medium text-cyan">{format.perKwh(pricePerKwh)}</span>
      </p>
      <div className="mt-4 flex flex-wrap items-end gap-x-6 gap-y-3">
        <Party label={t("trade.seller")} address={seller} />
        <span aria-hidden="true" className="pb-1 text-xl text-muted max-sm:hidden">
          →
        </span>
        <Party label={t("trade.buyer")} address={buyer} />
      </div>
      <dl className="mt-4 divide-y divide-line border-t border-line text-sm">
        <Row label={t("trade.payment")}>{format.exactMoney(payment)}</Row>
        <Row label={t("trade.fee")}>{format.exactMoney(feePaid)}</Row>
        <Row label={t("trade.total")}>
          <strong className="font-semibold text-cyan">{format.exactMoney(payment + feePaid)}</strong>
        </Row>
        <Row label={t("trade.slot")}>
          <time dateTime={new Date(start * 1000).toISOString()} title={format.dateTime(start)}>
            {format.day(start)}, {format.slotRange(slot)}
          </time>{" "}
          <Link href={tradesHref({ mine: false, slot })} className="text-cyan underline underline-offset-2">
            {t("trade.slot.all")}
          </Link>
        </Row>
        <Row label={t("trade.when")}>
          <time dateTime={new Date(blockTimestamp * 1000).toISOString()}>{format.dateTime(blockTimestamp)}</time>{" "}
          <span className="text-muted">{block && format.ago(blockTimestamp, block.timestamp)}</span>
        </Row>
      </dl>
    </Card>
  );
}

function Party({ label, address }: { label: string; address: OneTrade["seller"] }): ReactNode {
  const me = useAddress();
  return (
    <p className="min-w-0 text-sm">
      <span className="block text-xs text-muted">{label}</span>
      <Link href={tradesHref({ mine: false, wallet: address })} className="mt-0.5 inline-block">
        <Address address={address} me={address === me} />
      </Link>
    </p>
  );
}

function Ledger({ trade }: { trade: OneTrade }) {
  const { format } = useSite();
  const { tradeId, fact, headBefore, blockNumber, logIndex, transactionHash } = trade;
  return (
    <Card title={t("trade.ledger")}>
      <p className="text-sm text-pretty text-soft">{t("trade.ledger.text")}</p>
      <dl className="mt-3 divide-y divide-line border-t border-line text-sm">
        <Row label={t("trade.ledger.before")}>
          <Hash>{headBefore}</Hash>
        </Row>
        <Row label={t("trade.ledger.after")}>
          <Hash>{tradeId}</Hash>
        </Row>
        <Row label={t("trade.ledger.fact")}>{format.integer(fact)}</Row>
        <Row label={t("trade.ledger.block")}>{format.integer(blockNumber)}</Row>
        <Row label={t("trade.ledger.log")}>{format.integer(logIndex)}</Row>
        <Row label={t("trade.transaction")}>
          <TransactionLink hash={transactionHash} label={t("trade.explorer")} />
        </Row>
      </dl>
    </Card>
  );
}

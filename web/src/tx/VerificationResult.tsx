import { Link } from "wouter";
import type { Verification } from "../chain/verifyTrade.ts";
import { Trans } from "../i18n/Trans.tsx";
import { t } from "../i18n/t.ts";
import { Button } from "../ui/Button.tsx";
import { shortHex } from "../ui/format.ts";
import type { FlowState } from "./flow.ts";
import { useTransactions } from "./TransactionProvider.tsx";

interface VerificationResultProps {
  verification: NonNullable<FlowState["verification"]>;
}

/** What recomputing the trade from the chain found. */
export function VerificationResult({ verification }: VerificationResultProps) {
  const { recheck } = useTransactions();
  if (verification === "checking") {
    return (
      <p className="mt-4 rounded-control bg-raised p-4 text-sm text-soft" role="status">
        {t("tx.verify.checking")}
      </p>
    );
  }
  if (verification.status === "verified") return <Verified verification={verification} />;
  if (verification.status === "mismatch") return <Mismatch verification={verification} />;
  if (verification.status === "in-part") return <InPart verification={verification} />;
  return (
    <div className="mt-4 rounded-control border border-amber/40 bg-amber/10 p-4" role="status">
      <p className="font-medium text-amber">{t("tx.verify.notYet")}</p>
      <p className="mt-1 text-sm text-soft">{t("tx.verify.notYet.text", { reason: verification.reason })}</p>
      <Button className="mt-3" onClick={recheck}>
        {t("tx.verify.again")}
      </Button>
    </div>
  );
}

export function Verified({ verification }: { verification: Extract<Verification, { status: "verified" }> }) {
  return (
    <div className="mt-4 animate-rise rounded-control border border-lime/40 bg-lime/10 p-4" role="status">
      {/* The words that say that a trade was recomputed from the chain. Said of nothing else. */}
      <p className="text-lg font-semibold text-lime">{t("tx.verified")}</p>
      {verification.trades.map((trade) => (
        <p key={trade.tradeId} className="mt-1 text-sm text-soft">
          <Trans
            id="tx.verified.trade"
            values={{
              trade: (
                <Link
                  href={`/trades/${trade.tradeId}`}
                  className="font-mono text-cyan underline underline-offset-2"
                  title={trade.tradeId}
                >
                  {shortHex(trade.tradeId)}
                </Link>
              ),
              block: `${trade.blockNumber}`,
            }}
          />
        </p>
      ))}
    </div>
  );
}

/** The node keeps no state that old: said plainly, and never with the words for a trade that was recomputed. */
export function InPart({ verification }: { verification: Extract<Verification, { status: "in-part" }> }) {
  return (
    <div className="mt-4 rounded-control border border-amber/40 bg-amber/10 p-4" role="status">
      <p className="font-medium text-amber">{t("tx.verify.inPart")}</p>
      <p className="mt-1 text-sm text-soft">{t("tx.verify.inPart.state")}</p>
      <ul className="mt-2 list-disc space-y-1 ps-5 text-sm text-soft marker:text-amber">
        <li>{t("tx.verify.inPart.event")}</li>
        {verification.folded && <li>{t("tx.verify.inPart.folded")}</li>}
      </ul>
      <p className="mt-2 text-sm text-muted">{t("tx.verify.inPart.open")}</p>
    </div>
  );
}

export function Mismatch({ verification }: { verification: Extract<Verification, { status: "mismatch" }> }) {
  return (
    <div className="mt-4 rounded-control border-2 border-red bg-red/10 p-4" role="alert">
      <p className="text-lg font-semibold text-red">{t("tx.verify.mismatch")}</p>
      <p className="mt-1 text-sm text-soft">{t("tx.verify.mismatch.text")}</p>
      <ul className="mt-3 space-y-3 text-sm">
        {verification.differences.map(({ source, field, onChain, claimed }) => (
          <li key={`${source}-${field}`}>
            <Trans
              id="tx.verify.differs"
              values={{ field, source }}
              components={{ strong: <strong className="font-medium" /> }}
            />
            <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 font-mono text-xs break-all">
              <dt className="text-muted">{t("tx.verify.chain")}</dt>
              <dd>{onChain}</dd>
              <dt className="text-muted">{t("tx.verify.shown")}</dt>
              <dd className="text-red">{claimed}</dd>
            </dl>
          </li>
        ))}
      </ul>
    </div>
  );
}

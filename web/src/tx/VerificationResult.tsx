import type { Verification } from "../chain/verifyTrade.ts";
import { Button } from "../ui/Button.tsx";
import { shortHex } from "../ui/format.ts";
import type { FlowState } from "./flow.ts";
import { useTransactions } from "./TransactionProvider.tsx";

/** The words that say that a trade was recomputed from the chain. Said nowhere else. */
export const VERIFIED = "✓ Blockchain Verified";

interface VerificationResultProps {
  verification: NonNullable<FlowState["verification"]>;
}

/** What recomputing the trade from the chain found. */
export function VerificationResult({ verification }: VerificationResultProps) {
  const { recheck } = useTransactions();
  if (verification === "checking") {
    return (
      <p className="mt-4 rounded-control bg-raised p-4 text-sm text-soft" role="status">
        Recomputing the trade from the chain…
      </p>
    );
  }
  if (verification.status === "verified") return <Verified verification={verification} />;
  if (verification.status === "mismatch") return <Mismatch verification={verification} />;
  return (
    <div className="mt-4 rounded-control border border-amber/40 bg-amber/10 p-4" role="status">
      <p className="font-medium text-amber">Not verified yet</p>
      <p className="mt-1 text-sm text-soft">
        The trade is in a block, but its id could not be recomputed: {verification.reason}.
      </p>
      <Button className="mt-3" onClick={recheck}>
        Check again
      </Button>
    </div>
  );
}

function Verified({ verification }: { verification: Extract<Verification, { status: "verified" }> }) {
  return (
    <div className="mt-4 animate-rise rounded-control border border-lime/40 bg-lime/10 p-4" role="status">
      <p className="text-lg font-semibold text-lime">{VERIFIED}</p>
      {verification.trades.map((trade) => (
        <p key={trade.tradeId} className="mt-1 text-sm text-soft">
          Trade{" "}
          <span className="font-mono text-text" title={trade.tradeId}>
            {shortHex(trade.tradeId)}
          </span>{" "}
          recomputed here from block {trade.blockNumber}; each field that the indexer shows is what the chain says.
        </p>
      ))}
    </div>
  );
}

export function Mismatch({ verification }: { verification: Extract<Verification, { status: "mismatch" }> }) {
  return (
    <div className="mt-4 rounded-control border-2 border-red bg-red/10 p-4" role="alert">
      <p className="text-lg font-semibold text-red">Does not match the blockchain</p>
      <p className="mt-1 text-sm text-soft">Trust the chain, not this list, and tell the community's operator.</p>
      <ul className="mt-3 space-y-3 text-sm">
        {verification.differences.map(({ source, field, onChain, claimed }) => (
          <li key={`${source}-${field}`}>
            <strong className="font-medium">{field}</strong> differs in {source}
            <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 font-mono text-xs break-all">
              <dt className="text-muted">chain</dt>
              <dd>{onChain}</dd>
              <dt className="text-muted">shown</dt>
              <dd className="text-red">{claimed}</dd>
            </dl>
          </li>
        ))}
      </ul>
    </div>
  );
}

import type { ClaimDifference } from "../../../chain/verifyClaim.ts";
import { type MessageId, t } from "../../../i18n/t.ts";

const WHERE = {
  claimId: "carbon.claim.differs.claimId",
  head: "carbon.claim.differs.head",
  receipt: "carbon.claim.differs.receipt",
} as const satisfies Record<ClaimDifference["where"], MessageId>;

/** The RPC contradicts itself: one of the two it tells is a lie. No figure of it is shown. */
export function ClaimMismatch({ differences, host }: { differences: readonly ClaimDifference[]; host: string }) {
  return (
    <div className="max-w-3xl rounded-card border-2 border-red bg-red/10 p-5" role="alert">
      <p className="text-lg font-semibold text-red">{t("carbon.claim.mismatch")}</p>
      <p className="mt-1 text-soft">{t("carbon.claim.mismatch.text", { host })}</p>
      <ul className="mt-4 space-y-4 text-sm">
        {differences.map(({ where, computed, claimed }) => (
          <li key={`${where}-${claimed}`}>
            <p className="font-medium">{t(WHERE[where])}</p>
            <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 font-mono text-xs break-all">
              <dt className="text-muted">{t("carbon.claim.recomputed")}</dt>
              <dd>{computed || t("carbon.claim.nothing")}</dd>
              <dt className="text-muted">{t("carbon.claim.told")}</dt>
              <dd>{claimed || t("carbon.claim.nothing")}</dd>
            </dl>
          </li>
        ))}
      </ul>
    </div>
  );
}

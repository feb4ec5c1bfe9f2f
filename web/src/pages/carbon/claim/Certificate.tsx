import type { Text } from "@gridx/contracts";
import { Brand } from "../../../app/Brand.tsx";
import type { CarbonClaim, FactorInForce } from "../../../chain/verifyClaim.ts";
import { useSite } from "../../../config/SiteContext.ts";
import { Hash, Row } from "../../../figures/Details.tsx";
import { TransactionLink } from "../../../figures/TransactionLink.tsx";
import { t } from "../../../i18n/t.ts";
import { Button } from "../../../ui/Button.tsx";
import { CopyLink } from "./CopyLink.tsx";

interface CertificateProps {
  claim: CarbonClaim;
  /** Null where the RPC does not tell it. */
  factor: FactorInForce | null;
  /** Who told the chain. */
  host: string;
}

/** Bytes that are no text are shown as what they are. */
const plain = (text: Text): string => (typeof text === "string" ? text.trim() : text.bytes);

/** Only ever shown for a claim that was just proved. */
export function Certificate({ claim, factor, host }: CertificateProps) {
  const { format, deployment, chain } = useSite();
  const { claimId, account, grams, beneficiary, reason, blockNumber, timestamp, transactionHash } = claim;
  const when = Number(timestamp);
  return (
    <article className="card overflow-hidden" aria-label={t("carbon.claim.title")}>
      <div className="relative border-b border-line px-5 py-6 sm:px-8">
        <div
          aria-hidden="true"
          className="pointer-events-none absolute -end-24 -top-32 size-80 rounded-full bg-[radial-gradient(closest-side,rgb(182_255_77/0.16),transparent)] print:hidden"
        />
        <Brand />
        <p className="mt-5 text-sm text-soft">{t("carbon.claim.amount")}</p>
        <p className="mt-1 flex flex-wrap items-baseline gap-x-2 text-lime">
          <span className="text-4xl font-bold tracking-tight sm:text-5xl">{format.carbon(grams)}</span>
          <span className="text-lg font-medium">CO₂e</span>
        </p>
        <p className="mt-5 text-sm text-soft">{t("carbon.claim.beneficiary")}</p>
        <p className="mt-1 text-xl font-semibold wrap-anywhere whitespace-pre-wrap">
          <bdi>{plain(beneficiary) || t("carbon.claim.unsaid")}</bdi>
        </p>
      </div>
      <dl className="divide-y divide-line px-5 text-sm sm:px-8">
        <Row label={t("carbon.claim.reason")}>
          <bdi className="whitespace-pre-wrap">{plain(reason) || t("carbon.claim.unsaid")}</bdi>
        </Row>
        <Row label={t("carbon.claim.when")}>
          <time dateTime={new Date(when * 1000).toISOString()}>{format.dateTime(when)}</time>
        </Row>
        <Row label={t("carbon.claim.account")}>
          <Hash>{account}</Hash>
        </Row>
        <Row label={t("carbon.claim.factor")}>
          <Factor factor={factor} />
        </Row>
        <Row label={t("carbon.claim.id")}>
          <Hash>{claimId}</Hash>
        </Row>
        <Row label={t("carbon.claim.block")}>{format.integer(blockNumber)}</Row>
        <Row label={t("carbon.claim.transaction")}>
          <TransactionLink hash={transactionHash} label={t("carbon.claim.explorer")} />
        </Row>
        <Row label={t("carbon.claim.contract")}>
          {chain.name}
          <Hash>{deployment.address}</Hash>
        </Row>
      </dl>
      <div className="border-t border-line px-5 py-5 sm:px-8">
        <div className="rounded-control border border-lime/40 bg-lime/10 p-4" role="status">
          <p className="text-lg font-semibold text-lime">{t("carbon.claim.verified")}</p>
          <p className="mt-1 text-sm text-soft">
            {t("carbon.claim.verified.text", { block: format.integer(blockNumber), host })}
          </p>
        </div>
        <p className="mt-3 text-xs text-muted">{t("carbon.claim.note")}</p>
        <div className="mt-4 flex flex-wrap items-center gap-3 print:hidden">
          <CopyLink path={`/carbon/claims/${transactionHash}`} />
          <Button onClick={() => window.print()}>{t("carbon.claim.print")}</Button>
        </div>
      </div>
    </article>
  );
}

function Factor({ factor }: { factor: FactorInForce | null }) {
  const { format } = useSite();
  if (!factor) return t("carbon.claim.factor.unread");
  const { gramsPerMwh, origin } = factor;
  return (
    <>
      {t("carbon.claim.factor.value", { factor: format.number(gramsPerMwh / 1000) })}
      <span className="block text-muted">
        {origin
          ? t("carbon.claim.factor.origin", { source: plain(origin.source), vintage: plain(origin.vintage) })
          : t("carbon.claim.factor.unknown")}
      </span>
    </>
  );
}

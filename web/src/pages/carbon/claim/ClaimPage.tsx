import type { ReactNode } from "react";
import type { Hex } from "viem";
import { useSite } from "../../../config/SiteContext.ts";
import { useClaim } from "../../../data/claims.ts";
import { t } from "../../../i18n/t.ts";
import { Button } from "../../../ui/Button.tsx";
import { Page } from "../../../ui/Page.tsx";
import { LoadingRows } from "../../../ui/states.tsx";
import { Certificate } from "./Certificate.tsx";
import { ClaimMismatch } from "./ClaimMismatch.tsx";

const ID = /^0x[0-9a-f]{64}$/i;

/** A claim's certificate for anybody who has its link: no wallet, no indexer. */
export default function ClaimPage({ id }: { id: string }) {
  return (
    <Page title={t("carbon.claim.title")} lead={t("carbon.claim.lead")}>
      {ID.test(id) ? (
        <Claim id={id.toLowerCase() as Hex} />
      ) : (
        <Notice title={t("carbon.claim.badLink")}>{t("carbon.claim.badLink.text")}</Notice>
      )}
    </Page>
  );
}

function Claim({ id }: { id: Hex }) {
  const { config } = useSite();
  const { data, error, refetch, isFetching } = useClaim(id);
  const again = { onAgain: () => void refetch(), busy: isFetching };
  const { host } = new URL(config.rpcUrl);
  if (error) {
    return (
      <Notice title={t("carbon.claim.cannot")} {...again}>
        {t("carbon.claim.cannot.text", { host, reason: error.message })}
      </Notice>
    );
  }
  if (!data) {
    return (
      <div className="card max-w-3xl">
        <LoadingRows label={t("carbon.claim.checking")} />
      </div>
    );
  }
  const { verification, factor } = data;
  switch (verification.status) {
    case "verified":
      return (
        <div className="grid max-w-3xl gap-5">
          {verification.claims.map((claim) => (
            <Certificate key={claim.claimId} claim={claim} factor={factor} host={host} />
          ))}
        </div>
      );
    case "mismatch":
      return <ClaimMismatch differences={verification.differences} host={host} />;
    case "not-found":
      return (
        <Notice title={t("carbon.claim.notFound")} {...again}>
          {t("carbon.claim.notFound.text", { host })}
        </Notice>
      );
    case "no-claim":
      return <Notice title={t("carbon.claim.noClaim")}>{t("carbon.claim.noClaim.text")}</Notice>;
    case "reorganised":
      return (
        <Notice title={t("carbon.claim.reorganised")} {...again}>
          {t("carbon.claim.reorganised.text")}
        </Notice>
      );
    case "state-refused":
      return (
        <Notice title={t("carbon.claim.oldState")} {...again}>
          {t("carbon.claim.oldState.text", { host, count: verification.inReceipt })}
        </Notice>
      );
    case "cannot-verify":
      return (
        <Notice title={t("carbon.claim.cannot")} {...again}>
          {t("carbon.claim.cannot.text", { host, reason: verification.reason })}
        </Notice>
      );
  }
}

interface NoticeProps {
  title: string;
  children: ReactNode;
  onAgain?: () => void;
  busy?: boolean;
}

function Notice({ title, children, onAgain, busy }: NoticeProps) {
  return (
    <div className="max-w-3xl rounded-card border border-amber/40 bg-amber/10 p-5" role="alert">
      <p className="text-lg font-semibold text-amber">{title}</p>
      <p className="mt-1 text-soft wrap-anywhere">{children}</p>
      {onAgain && (
        <Button className="mt-4" disabled={busy} onClick={onAgain}>
          {t("carbon.claim.again")}
        </Button>
      )}
    </div>
  );
}

import type { Trade } from "@gridx/indexer/client";
import { useState } from "react";
import { Link } from "wouter";
import { useVerification } from "../../data/verification.ts";
import { t } from "../../i18n/t.ts";
import { Mismatch } from "../../tx/VerificationResult.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { shortHex } from "../../ui/format.ts";

/** Recomputes a row's trade id from the chain when asked, and shows what came of it. */
export function VerifyMark({ trade }: { trade: Trade }) {
  const { data, isFetching, refetch } = useVerification(trade);
  const [open, setOpen] = useState(false);
  const short = shortHex(trade.tradeId);
  if (data?.status === "verified") {
    return (
      <span
        className="inline-flex min-h-11 items-center gap-1 text-sm font-medium text-lime"
        title={t("trades.verified.title")}
      >
        {t("trades.verified")}
      </span>
    );
  }
  if (data?.status === "mismatch") {
    return (
      <>
        <Button
          className="border-red text-red"
          aria-label={t("trades.mismatch.label", { trade: short })}
          onClick={() => setOpen(true)}
        >
          {t("trades.mismatch")}
        </Button>
        <Dialog open={open} title={t("trades.mismatch.title")} onClose={() => setOpen(false)}>
          <Mismatch verification={data} />
        </Dialog>
      </>
    );
  }
  return (
    <span className="inline-flex items-center gap-2">
      {data?.status === "in-part" && (
        <Link
          href={`/trades/${trade.tradeId}`}
          className="inline-flex min-h-11 items-center text-sm text-amber underline underline-offset-2"
          title={t("trades.inPart.title")}
        >
          {t("trades.inPart")}
        </Link>
      )}
      {data?.status === "cannot-verify" && (
        <span role="status" className="max-w-48 truncate text-xs text-amber" title={data.reason}>
          {t("trades.cannotVerify", { reason: data.reason })}
        </span>
      )}
      <Button
        look="quiet"
        className="w-full md:w-auto"
        aria-label={t("trades.verify.label", { trade: short })}
        disabled={isFetching}
        onClick={() => void refetch()}
      >
        {isFetching ? t("trades.verifying") : t("trades.verify")}
      </Button>
    </span>
  );
}

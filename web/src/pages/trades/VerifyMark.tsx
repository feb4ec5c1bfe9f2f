import type { Trade } from "@gridx/indexer/client";
import { useState } from "react";
import { useVerification } from "../../data/verification.ts";
import { Mismatch } from "../../tx/VerificationResult.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { shortHex } from "../../ui/format.ts";

/** Recomputes a row's trade id from the chain when asked, and shows what came of it. */
export function VerifyMark({ trade }: { trade: Trade }) {
  const { data, isFetching, refetch } = useVerification(trade);
  const [open, setOpen] = useState(false);
  const name = `trade ${shortHex(trade.tradeId)}`;
  if (data?.status === "verified") {
    return (
      <span
        className="inline-flex min-h-11 items-center gap-1 text-sm font-medium text-lime"
        title="Recomputed in this browser from the block's events; each field is what the chain says"
      >
        ✓ Verified
      </span>
    );
  }
  if (data?.status === "mismatch") {
    return (
      <>
        <Button className="border-red text-red" aria-label={`Mismatch: ${name}`} onClick={() => setOpen(true)}>
          ! Mismatch
        </Button>
        <Dialog open={open} title="This row is not what the chain says" onClose={() => setOpen(false)}>
          <Mismatch verification={data} />
        </Dialog>
      </>
    );
  }
  return (
    <span className="inline-flex items-center gap-2">
      {data?.status === "cannot-verify" && (
        <span role="status" className="max-w-48 truncate text-xs text-amber" title={data.reason}>
          Can't verify: {data.reason}
        </span>
      )}
      <Button
        look="quiet"
        className="w-full md:w-auto"
        aria-label={`Verify ${name}`}
        disabled={isFetching}
        onClick={() => void refetch()}
      >
        {isFetching ? "Verifying…" : "Verify"}
      </Button>
    </span>
  );
}

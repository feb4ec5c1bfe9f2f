import type { OneTrade } from "@gridx/indexer/client";
import { useSite } from "../../../config/SiteContext.ts";
import { useVerification } from "../../../data/verification.ts";
import { t } from "../../../i18n/t.ts";
import { InPart, Mismatch, Verified } from "../../../tx/VerificationResult.tsx";
import { Button } from "../../../ui/Button.tsx";
import { Card } from "../../../ui/Card.tsx";

/** Recomputes the trade's id in this browser, from the RPC alone. */
export function VerifyTrade({ trade }: { trade: OneTrade }) {
  const { config } = useSite();
  const { data, isFetching, refetch, error } = useVerification(trade, trade.headBefore);
  const { host } = new URL(config.rpcUrl);
  const failure = data?.status === "cannot-verify" ? data.reason : error?.message;
  return (
    <Card title={t("trade.verify")}>
      <p className="text-sm text-pretty text-soft">{t("trade.verify.text", { host })}</p>
      {data?.status !== "verified" && (
        <Button look="primary" className="mt-4 w-full" disabled={isFetching} onClick={() => void refetch()}>
          {isFetching ? t("trade.verify.running") : t("trade.verify.start")}
        </Button>
      )}
      {data?.status === "verified" && <Verified verification={data} />}
      {data?.status === "mismatch" && <Mismatch verification={data} />}
      {data?.status === "in-part" && <InPart verification={data} />}
      {failure !== undefined && !isFetching && (
        <div className="mt-4 rounded-control border border-amber/40 bg-amber/10 p-4" role="status">
          <p className="font-medium text-amber">{t("trade.verify.cannot")}</p>
          <p className="mt-1 text-sm text-soft wrap-anywhere">{failure}</p>
        </div>
      )}
    </Card>
  );
}

import { useSite } from "../../config/SiteContext.ts";
import { t } from "../../i18n/t.ts";
import { Button } from "../../ui/Button.tsx";
import { Card } from "../../ui/Card.tsx";
import { Page } from "../../ui/Page.tsx";
import { AuditProgressView } from "./AuditProgressView.tsx";
import { FailureNote } from "./FailureNote.tsx";
import { Findings } from "./Findings.tsx";
import { useAudit } from "./useAudit.ts";
import { Verdict } from "./Verdict.tsx";
import { WithoutUs } from "./WithoutUs.tsx";

/** The whole community, recomputed from an RPC alone in the reader's own browser. */
export default function AuditPage() {
  const site = useSite();
  const { state, go, stop } = useAudit(site);
  const { phase, result, failure } = state;
  const { host } = new URL(site.config.rpcUrl);
  return (
    <Page title={t("audit.title")} lead={t("audit.lead")}>
      <div className="grid items-start gap-5 lg:grid-cols-[3fr_2fr]">
        <div className="grid min-w-0 gap-5">
          <Card title={t("audit.run")}>
            <p className="text-sm text-soft">{t("audit.run.lead", { host })}</p>
            {phase !== "idle" && <AuditProgressView state={state} />}
            {failure && <FailureNote {...failure} host={host} />}
            <div className="mt-4 flex flex-wrap gap-3">
              {phase === "running" ? (
                <Button onClick={stop}>{t("audit.stop")}</Button>
              ) : (
                <Button look={phase === "done" ? "secondary" : "primary"} onClick={go}>
                  {phase === "idle" ? t("audit.start") : phase === "done" ? t("audit.again") : t("audit.resume")}
                </Button>
              )}
            </div>
            {result && <Verdict result={result} indexer={state.indexer} />}
          </Card>
          {result && <Findings result={result} indexer={state.indexer} />}
        </div>
        <WithoutUs />
      </div>
    </Page>
  );
}

import type { AuditResult } from "../../audit/auditor.ts";
import type { IndexerCheck } from "../../audit/indexer.ts";
import { useSite } from "../../config/SiteContext.ts";
import { t } from "../../i18n/t.ts";
import { outcomesOf } from "./verdictOf.ts";

/** All of it in one sentence. */
export function Verdict({ result, indexer }: { result: AuditResult; indexer: IndexerCheck | null }) {
  const { format } = useSite();
  const outcomes = Object.values(outcomesOf(result, indexer));
  const block = format.integer(result.block);
  if (outcomes.includes("differs")) {
    return (
      <p role="alert" className="mt-4 rounded-control border-2 border-red bg-red/10 p-4 text-lg font-semibold text-red">
        {t("audit.verdict.differs")}
      </p>
    );
  }
  const whole = !outcomes.includes("unchecked");
  const waiting = outcomes.includes("asking");
  const text = waiting
    ? t("audit.verdict.asking", { block })
    : whole
      ? t("audit.verdict.agrees", { block })
      : t("audit.verdict.partly", { block });
  const look = waiting
    ? "border-line bg-raised text-soft"
    : whole
      ? "border-lime/40 bg-lime/10 text-lime"
      : "border-amber/40 bg-amber/10 text-amber";
  return (
    <p role="status" className={`mt-4 rounded-control border p-4 text-lg font-semibold ${look}`}>
      {text}
    </p>
  );
}

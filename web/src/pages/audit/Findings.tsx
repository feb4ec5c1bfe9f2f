import type { ReactNode } from "react";
import type { AuditResult } from "../../audit/auditor.ts";
import type { IndexerCheck, IndexerDifference } from "../../audit/indexer.ts";
import { useSite } from "../../config/SiteContext.ts";
import { type MessageId, t } from "../../i18n/t.ts";
import { Card } from "../../ui/Card.tsx";
import { type Outcome, outcomesOf } from "./verdictOf.ts";

/** What was compared, one by one, and the first difference of each. */
export function Findings({ result, indexer }: { result: AuditResult; indexer: IndexerCheck | null }) {
  const { format } = useSite();
  const { head, headOnChain, apartAt, facts, firstBroken, brokenRules, state, stateRefused } = result;
  const outcome = outcomesOf(result, indexer);
  const unread = stateRefused ? t("audit.check.stateUnread", { reason: stateRefused }) : "";
  return (
    <Card title={t("audit.checks")} flush>
      <ul className="divide-y divide-line border-t border-line">
        <Check outcome={outcome.head} title={t("audit.check.head")}>
          {outcome.head === "agrees" ? (
            t("audit.check.head.agrees", { facts: format.integer(facts), block: format.integer(result.block) })
          ) : (
            <>
              {apartAt === null
                ? t("audit.check.head.apartSomewhere")
                : t("audit.check.head.apart", { block: format.integer(apartAt) })}
              <TwoValues ours={head} theirs={headOnChain} whose={t("audit.contract")} />
            </>
          )}
        </Check>
        <Check outcome={outcome.rules} title={t("audit.check.rules")}>
          {firstBroken ? (
            <>
              {t("audit.check.rules.broken", {
                count: brokenRules,
                block: format.integer(firstBroken.block),
                event: firstBroken.event,
              })}
              <span className="mt-1 block font-mono text-xs wrap-anywhere">
                {firstBroken.text} ({firstBroken.transactionHash})
              </span>
            </>
          ) : (
            t("audit.check.rules.kept", { events: format.integer(result.events) })
          )}
        </Check>
        <Check outcome={outcome.accounts} title={t("audit.check.accounts")}>
          {state?.difference ? (
            <>
              {t("audit.check.accounts.differs", { field: state.difference.field, of: state.difference.of })}
              <TwoValues
                ours={state.difference.fromEvents}
                theirs={state.difference.onChain}
                whose={t("audit.contract")}
              />
            </>
          ) : state ? (
            t("audit.check.accounts.agree", { accounts: format.integer(state.accounts) })
          ) : (
            unread
          )}
        </Check>
        <Check outcome={outcome.money} title={t("audit.check.money")}>
          {state === null
            ? unread
            : state.surplus < 0n
              ? t("audit.check.money.missing", { amount: format.exactMoney(-state.surplus) })
              : state.surplus === 0n
                ? t("audit.check.money.exact")
                : t("audit.check.money.surplus", { amount: format.exactMoney(state.surplus) })}
        </Check>
        <IndexerFinding outcome={outcome.indexer} check={indexer} />
      </ul>
    </Card>
  );
}

const WHERE = {
  market: "audit.check.indexer.market",
  audit: "audit.check.indexer.audit",
  facts: "audit.check.indexer.facts",
  row: "audit.check.indexer.row",
} as const satisfies Record<IndexerDifference["where"], MessageId>;

function IndexerFinding({ outcome, check }: { outcome: Outcome | "asking"; check: IndexerCheck | null }) {
  const { format } = useSite();
  return (
    <Check outcome={outcome} title={t("audit.check.indexer")}>
      {check === null || check.status === "asking" ? t("audit.check.indexer.asking") : null}
      {check?.status === "equal" &&
        t("audit.check.indexer.equal", { facts: format.integer(check.facts), block: format.integer(check.block) })}
      {check?.status === "unread" && t("audit.check.indexer.unread", { reason: check.reason })}
      {check?.status === "no-measure" && t("audit.check.indexer.noMeasure")}
      {check?.status === "differs" &&
        check.differences.map(({ where, block, indexer, events }) => (
          <div key={where} className="mt-1 first:mt-0">
            {t(WHERE[where])} {t("audit.check.indexer.at", { block: format.integer(block) })}
            <TwoValues ours={events} theirs={indexer} whose={t("audit.indexer")} />
          </div>
        ))}
    </Check>
  );
}

const MARKS: Record<Outcome | "asking", { mark: string; look: string; said: MessageId }> = {
  agrees: { mark: "✓", look: "border-lime/60 bg-lime/15 text-lime", said: "audit.outcome.agrees" },
  differs: { mark: "!", look: "border-red/70 bg-red/15 text-red", said: "audit.outcome.differs" },
  unchecked: { mark: "–", look: "border-amber/60 bg-amber/15 text-amber", said: "audit.outcome.unchecked" },
  asking: { mark: "…", look: "border-line text-muted", said: "audit.outcome.asking" },
};

interface CheckProps {
  outcome: Outcome | "asking";
  title: string;
  children: ReactNode;
}

function Check({ outcome, title, children }: CheckProps) {
  const { mark, look, said } = MARKS[outcome];
  return (
    <li className="flex gap-4 px-5 py-4">
      <span
        aria-hidden="true"
        className={`grid size-7 shrink-0 place-items-center rounded-full border text-sm ${look}`}
      >
        {mark}
      </span>
      <div className="min-w-0">
        <h3 className="font-medium">
          {title}
          <span className="sr-only">: {t(said)}</span>
        </h3>
        <div className="mt-0.5 text-sm text-soft">{children}</div>
      </div>
    </li>
  );
}

function TwoValues({ ours, theirs, whose }: { ours: string; theirs: string; whose: string }) {
  return (
    <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 font-mono text-xs break-all">
      <dt className="text-muted">{t("audit.fromEvents")}</dt>
      <dd>{ours}</dd>
      <dt className="text-muted">{whose}</dt>
      <dd>{theirs}</dd>
    </dl>
  );
}

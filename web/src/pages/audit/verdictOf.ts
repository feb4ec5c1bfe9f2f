import type { AuditResult } from "../../audit/auditor.ts";
import type { IndexerCheck } from "../../audit/indexer.ts";

/** One of the things that are compared. */
export type Outcome = "agrees" | "differs" | "unchecked";

export interface Outcomes {
  head: Outcome;
  rules: Outcome;
  accounts: Outcome;
  money: Outcome;
  indexer: Outcome | "asking";
}

export function outcomesOf(
  { head, headOnChain, brokenRules, state }: AuditResult,
  indexer: IndexerCheck | null,
): Outcomes {
  const agrees = (same: boolean): Outcome => (same ? "agrees" : "differs");
  const of = {
    asking: "asking",
    equal: "agrees",
    differs: "differs",
    unread: "unchecked",
    "no-measure": "unchecked",
  } as const;
  return {
    head: agrees(head === headOnChain),
    rules: agrees(brokenRules === 0),
    accounts: state ? agrees(state.difference === null) : "unchecked",
    money: state ? agrees(state.surplus >= 0n) : "unchecked",
    indexer: indexer ? of[indexer.status] : "asking",
  };
}

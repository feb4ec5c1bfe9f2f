// What the page and the worker say to each other.
import type { AuditProgress, AuditResult, AuditSubject, LedgerAt } from "./auditor.ts";

export type FailureKind = "unreachable" | "refused" | "other-chain" | "reorganised" | "unexpected";

export type ToWorker =
  /** Begins, or goes on after a stop. */
  { type: "go"; subject: AuditSubject } | { type: "stop" } | { type: "ledgerAt"; block: number };

export type FromWorker =
  | { type: "progress"; progress: AuditProgress }
  | { type: "result"; result: AuditResult }
  | { type: "stopped" }
  | { type: "failed"; kind: FailureKind; reason: string }
  | { type: "ledgerAt"; block: number; ledger: LedgerAt | null };

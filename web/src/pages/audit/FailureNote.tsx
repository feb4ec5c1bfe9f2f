import type { FailureKind } from "../../audit/protocol.ts";
import { type MessageId, t } from "../../i18n/t.ts";

const WHY = {
  unreachable: "audit.failed.unreachable",
  refused: "audit.failed.refused",
  "other-chain": "audit.failed.otherChain",
  reorganised: "audit.failed.reorganised",
  unexpected: "audit.failed.unexpected",
} as const satisfies Record<FailureKind, MessageId>;

/** It could not be checked, which says nothing about the community. */
export function FailureNote({ kind, reason, host }: { kind: FailureKind; reason: string; host: string }) {
  return (
    <div className="mt-4 rounded-control border border-amber/40 bg-amber/10 p-4" role="alert">
      <p className="font-medium text-amber">{t("audit.failed", { host })}</p>
      <p className="mt-1 text-sm text-soft">{t(WHY[kind])}</p>
      {reason && <p className="mt-1 font-mono text-xs wrap-anywhere text-muted">{reason}</p>}
    </div>
  );
}

import { useEffect, useState } from "react";
import { useSite } from "../../config/SiteContext.ts";
import { t } from "../../i18n/t.ts";
import { Stat } from "../../ui/Card.tsx";
import type { AuditState } from "./useAudit.ts";

const TICK_MS = 250;

/** How far the audit has come. */
export function AuditProgressView({ state }: { state: AuditState }) {
  const { format, deployment } = useSite();
  const { progress, phase } = state;
  const first = deployment.startBlock;
  const all = progress ? progress.target - first + 1 : 0;
  const read = progress ? progress.block - first + 1 : 0;
  const percent = all > 0 ? Math.floor((100 * read) / all) : 0;
  return (
    <div className="mt-4">
      <div
        role="progressbar"
        aria-label={t("audit.progress")}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        className="h-2 overflow-hidden rounded-full bg-raised"
      >
        <div
          className={`h-full rounded-full ${phase === "done" ? "bg-lime" : "bg-cyan"}`}
          style={{ width: `${percent}%` }}
        />
      </div>
      <dl className="mt-3 grid grid-cols-3 gap-4">
        <Stat
          label={t("audit.progress.blocks")}
          value={format.integer(read)}
          note={t("audit.progress.of", { blocks: format.integer(all) })}
        />
        <Stat label={t("audit.progress.events")} value={format.integer(progress?.events ?? 0)} />
        <Stat label={t("audit.progress.seconds")} value={<Seconds ranMs={state.ranMs} since={state.since} />} />
      </dl>
    </div>
  );
}

function Seconds({ ranMs, since }: Pick<AuditState, "ranMs" | "since">) {
  const { format } = useSite();
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    if (since === null) return;
    const timer = setInterval(() => setNow(performance.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [since]);
  const ran = ranMs + (since === null ? 0 : Math.max(0, now - since));
  return format.number(Math.round(ran / 100) / 10);
}

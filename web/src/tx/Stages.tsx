import { transactionUrl } from "@gridx/contracts";
import { useSite } from "../config/SiteContext.ts";
import { Trans } from "../i18n/Trans.tsx";
import { type MessageId, t } from "../i18n/t.ts";
import { shortHex } from "../ui/format.ts";
import { type FlowState, STAGES, type Stage } from "./flow.ts";

const LABELS: Record<Stage, MessageId> = {
  validate: "tx.stage.validate",
  simulate: "tx.stage.simulate",
  sign: "tx.stage.sign",
  pending: "tx.stage.pending",
  confirmed: "tx.stage.confirmed",
  indexed: "tx.stage.indexed",
};

/** What is happening while a stage is the current one. */
const NOTES: Record<Stage, MessageId> = {
  validate: "tx.note.validate",
  simulate: "tx.note.simulate",
  sign: "tx.note.sign",
  pending: "tx.note.pending",
  confirmed: "tx.note.confirmed",
  indexed: "tx.note.indexed",
};

type Progress = "done" | "current" | "failed" | "open";

function progressOf(stage: Stage, { stage: current, status, lagging }: FlowState): Progress {
  const distance = STAGES.indexOf(stage) - STAGES.indexOf(current);
  if (distance < 0) return "done";
  if (distance > 0) return status === "done" && lagging ? "current" : "open";
  if (status === "failed") return "failed";
  // Confirmed is reached when it is current; the others are under way.
  return status === "done" || stage === "confirmed" ? "done" : "current";
}

const MARKS: Record<Progress, { mark: string; look: string; said: MessageId }> = {
  done: { mark: "✓", look: "border-lime/60 bg-lime/15 text-lime", said: "tx.progress.done" },
  current: { mark: "•", look: "border-cyan bg-cyan/15 text-cyan animate-pulse-dot", said: "tx.progress.current" },
  failed: { mark: "!", look: "border-red/70 bg-red/15 text-red", said: "tx.progress.failed" },
  open: { mark: "", look: "border-line text-muted", said: "tx.progress.open" },
};

export function Stages({ state }: { state: FlowState }) {
  const { deployment } = useSite();
  const { steps, step, stage, status, hash } = state;
  const link = hash && transactionUrl(deployment.chainId, hash);
  return (
    <div className="mt-4">
      {steps.length > 1 && (
        <p className="mb-3 text-sm text-soft">
          <Trans
            id="tx.step"
            values={{ step: step + 1, steps: steps.length, label: steps[step] ?? "" }}
            components={{ strong: <strong className="font-medium text-text" /> }}
          />
          {step + 1 < steps.length && (
            <span className="text-muted">{t("tx.step.next", { label: steps[step + 1] ?? "" })}</span>
          )}
        </p>
      )}
      <ol className="grid grid-cols-6 gap-1" aria-label={t("tx.progress")}>
        {STAGES.map((name) => {
          const progress = progressOf(name, state);
          const { mark, look, said } = MARKS[progress];
          return (
            <li
              key={name}
              className="flex flex-col items-center gap-1.5 text-center"
              aria-current={progress === "current" ? "step" : undefined}
            >
              <span aria-hidden="true" className={`grid size-7 place-items-center rounded-full border text-sm ${look}`}>
                {mark}
              </span>
              <span className={`text-[0.6875rem] ${progress === "open" ? "text-muted" : "text-soft"}`}>
                {t(LABELS[name])}
                <span className="sr-only"> {t(said)}</span>
              </span>
            </li>
          );
        })}
      </ol>
      <p className="mt-3 min-h-6 text-center text-sm text-soft" role="status">
        {status === "running" && t(NOTES[stage])}
      </p>
      {hash && (
        <p className="text-center text-xs text-muted">
          <Trans
            id="tx.hash"
            values={{
              hash: link ? (
                <a className="text-cyan underline underline-offset-2" href={link} target="_blank" rel="noreferrer">
                  {t("tx.hash.explorer", { hash: shortHex(hash) })}
                </a>
              ) : (
                <span className="font-mono" title={hash}>
                  {shortHex(hash)}
                </span>
              ),
            }}
          />
        </p>
      )}
    </div>
  );
}

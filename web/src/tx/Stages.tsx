import { transactionUrl } from "@gridx/contracts";
import { useSite } from "../config/SiteContext.ts";
import { shortHex } from "../ui/format.ts";
import { type FlowState, STAGES, type Stage } from "./flow.ts";

const LABELS: Record<Stage, string> = {
  validate: "Validate",
  simulate: "Simulate",
  sign: "Sign",
  pending: "Pending",
  confirmed: "Confirmed",
  indexed: "Indexed",
};

/** What is happening while a stage is the current one. */
const NOTES: Record<Stage, string> = {
  validate: "Checking price, money and energy on the chain",
  simulate: "Trying it on the chain without sending it",
  sign: "Your wallet asks you to sign",
  pending: "Sent; waiting for a block",
  confirmed: "In a block; waiting for the indexer",
  indexed: "Shown in the lists",
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

const MARKS: Record<Progress, { mark: string; look: string; said: string }> = {
  done: { mark: "✓", look: "border-lime/60 bg-lime/15 text-lime", said: "done" },
  current: { mark: "•", look: "border-cyan bg-cyan/15 text-cyan animate-pulse-dot", said: "under way" },
  failed: { mark: "!", look: "border-red/70 bg-red/15 text-red", said: "failed" },
  open: { mark: "", look: "border-line text-muted", said: "to come" },
};

export function Stages({ state }: { state: FlowState }) {
  const { deployment } = useSite();
  const { steps, step, stage, status, hash } = state;
  const link = hash && transactionUrl(deployment.chainId, hash);
  return (
    <div className="mt-4">
      {steps.length > 1 && (
        <p className="mb-3 text-sm text-soft">
          Step {step + 1} of {steps.length}: <strong className="font-medium text-text">{steps[step]}</strong>
          {step + 1 < steps.length && <span className="text-muted">, then: {steps[step + 1]}</span>}
        </p>
      )}
      <ol className="grid grid-cols-6 gap-1" aria-label="Progress">
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
                {LABELS[name]}
                <span className="sr-only"> {said}</span>
              </span>
            </li>
          );
        })}
      </ol>
      <p className="mt-3 min-h-6 text-center text-sm text-soft" role="status">
        {status === "running" && NOTES[stage]}
      </p>
      {hash && (
        <p className="text-center text-xs text-muted">
          Transaction{" "}
          {link ? (
            <a className="text-cyan underline underline-offset-2" href={link} target="_blank" rel="noreferrer">
              {shortHex(hash)} on the explorer
            </a>
          ) : (
            <span className="font-mono" title={hash}>
              {shortHex(hash)}
            </span>
          )}
        </p>
      )}
    </div>
  );
}

import { Link } from "wouter";
import { useSite } from "../config/SiteContext.ts";
import { t } from "../i18n/t.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Failure } from "./Failure.tsx";
import type { FlowState } from "./flow.ts";
import { Stages } from "./Stages.tsx";
import { useTransactions } from "./TransactionProvider.tsx";
import { VerificationResult } from "./VerificationResult.tsx";

interface TransactionDialogProps {
  open: boolean;
  onClose: () => void;
  onOpen: () => void;
}

/** Shows the transaction under way, whichever page started it. */
export default function TransactionDialog({ open, onClose, onOpen }: TransactionDialogProps) {
  const { state, again } = useTransactions();
  const { plan, status } = state;
  if (!plan) return null;
  return (
    <>
      <Dialog open={open} title={plan.title} onClose={onClose}>
        <dl className="divide-y divide-line text-sm">
          {plan.figures.map(({ label, value }) => (
            <div key={label} className="flex items-baseline justify-between gap-4 py-1.5">
              <dt className="text-muted">{label}</dt>
              <dd className="text-end font-medium">{value}</dd>
            </div>
          ))}
        </dl>
        {status === "rejected" ? (
          <Declined
            earlier={state.steps.slice(0, state.step).filter((step) => !state.signatures.includes(step))}
            onAgain={again}
            onClose={onClose}
          />
        ) : (
          <Stages state={state} />
        )}
        {status === "failed" && state.failure && <Failure failure={state.failure} onAgain={again} onClose={onClose} />}
        {status === "unread" && state.failure && <Unread message={state.failure.message} onClose={onClose} />}
        {status === "interrupted" && (
          <Interrupted steps={state.steps} step={state.step} onAgain={again} onClose={onClose} />
        )}
        {status === "done" && <Done onClose={onClose} />}
      </Dialog>
      {!open && status === "running" && (
        <Button
          look="primary"
          className="fixed inset-x-4 bottom-20 z-30 shadow-glow sm:inset-x-auto sm:end-6 sm:bottom-6"
          onClick={onOpen}
        >
          {t("tx.underWay", { title: plan.title })}
        </Button>
      )}
    </>
  );
}

interface DeclinedProps {
  /** Steps of the plan that are on the chain already. */
  earlier: readonly string[];
  onAgain: () => void;
  onClose: () => void;
}

/** Declining is a decision, not an error. */
function Declined({ earlier, onAgain, onClose }: DeclinedProps) {
  return (
    <div className="mt-4 rounded-control bg-raised p-4" role="status">
      <p className="font-medium">{t("tx.declined")}</p>
      <p className="mt-1 text-sm text-soft">
        {earlier.length === 0 ? t("tx.declined.nothing") : t("tx.declined.earlier", { steps: earlier.join(", ") })}
      </p>
      <div className="mt-4 flex flex-wrap gap-3">
        <Button onClick={onAgain}>{t("tx.declined.again")}</Button>
        <Button look="quiet" onClick={onClose}>
          {t("tx.leave")}
        </Button>
      </div>
    </div>
  );
}

interface InterruptedProps {
  steps: readonly string[];
  /** The one that is done. */
  step: number;
  onAgain: () => void;
  onClose: () => void;
}

/** The page was left between two transactions. */
function Interrupted({ steps, step, onAgain, onClose }: InterruptedProps) {
  return (
    <div className="mt-4 rounded-control bg-raised p-4" role="status">
      <p className="font-medium">{t("tx.interrupted", { step: steps[step] ?? "" })}</p>
      <p className="mt-1 text-sm text-soft">{t("tx.interrupted.rest", { steps: steps.slice(step + 1).join(", ") })}</p>
      <div className="mt-4 flex flex-wrap gap-3">
        <Button look="primary" onClick={onAgain}>
          {t("tx.interrupted.goOn")}
        </Button>
        <Button look="quiet" onClick={onClose}>
          {t("tx.leave")}
        </Button>
      </div>
    </div>
  );
}

/** It is on its way or done; asking to send it again could do it twice. */
function Unread({ message, onClose }: { message: string; onClose: () => void }) {
  return (
    <div className="mt-4 rounded-control border border-amber/40 bg-amber/10 p-4" role="status">
      <p className="font-medium text-amber">{t("tx.unread")}</p>
      <p className="mt-1 text-sm text-soft">{message}</p>
      <div className="mt-4 flex flex-wrap items-center gap-3">
        <Button onClick={onClose}>{t("tx.close")}</Button>
        <Link href="/trades" onClick={onClose} className="px-2 text-sm text-cyan underline underline-offset-2">
          {t("tx.unread.trades")}
        </Link>
      </div>
    </div>
  );
}

/** What a purchase came to: of a basket some may have been gone. */
function Bought({ verification }: Pick<FlowState, "verification">) {
  const { format } = useSite();
  if (!verification || verification === "checking" || verification.status !== "verified") return null;
  const sum = (field: "energyWh" | "payment" | "feePaid") =>
    verification.trades.reduce((total, trade) => total + trade[field], 0n);
  const amount = format.exactMoney(sum("payment") + sum("feePaid"));
  return <p className="mt-1 font-medium">{t("tx.bought", { energy: format.kwh(sum("energyWh")), amount })}</p>;
}

function Done({ onClose }: { onClose: () => void }) {
  const { state } = useTransactions();
  const outcome = state.hash ? state.plan?.outcome?.(state.hash) : undefined;
  return (
    <div className="mt-4">
      <p role="status" className="text-soft">
        {state.plan?.success}
        {state.lagging && ` ${t("tx.lagging")}`}
      </p>
      {state.plan?.purchase && <Bought verification={state.verification} />}
      {state.plan?.purchase && state.verification && <VerificationResult verification={state.verification} />}
      {outcome && (
        <p className="mt-3">
          <Link href={outcome.href} onClick={onClose} className="text-cyan underline underline-offset-2">
            {outcome.label}
          </Link>
        </p>
      )}
      <Button className="mt-4 w-full" onClick={onClose}>
        {t("tx.done")}
      </Button>
    </div>
  );
}

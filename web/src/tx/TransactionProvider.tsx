import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useReducer, useRef, useState } from "react";
import { rowKey } from "../chain/verifyTrade.ts";
import { keys } from "../data/keys.ts";
import { Dialog } from "../ui/Dialog.tsx";
import { type FlowEvent, type FlowState, flowReducer, idleFlow, type Plan } from "./flow.ts";
import { acceptPrivacy, PrivacyNote, privacyAccepted } from "./PrivacyNote.tsx";
import { runPlan, verifyInto } from "./run.ts";
import { TransactionDialog } from "./TransactionDialog.tsx";
import { usePorts } from "./usePorts.ts";

export interface Transactions {
  state: FlowState;
  /** Starts a plan; does nothing while another one runs. */
  start(plan: Plan): void;
  /** Asks indexer and chain once more about the last purchase. */
  recheck(): void;
}

const TransactionsContext = createContext<Transactions | null>(null);

export function useTransactions(): Transactions {
  const transactions = useContext(TransactionsContext);
  if (!transactions) throw new Error("useTransactions outside of TransactionProvider");
  return transactions;
}

/** Holds the one transaction under way, above all pages. */
export function TransactionProvider({ children }: { children: ReactNode }) {
  const ports = usePorts();
  const queries = useQueryClient();
  const [state, dispatch] = useReducer(flowReducer, idleFlow);
  const [open, setOpen] = useState(false);
  const [awaiting, setAwaiting] = useState<Plan | null>(null);
  const running = useRef(false);

  const emit = useCallback(
    (event: FlowEvent) => {
      dispatch(event);
      if (
        event.type === "verification" &&
        event.verification !== "checking" &&
        event.verification.status === "verified"
      ) {
        // The list of trades shows what was found here.
        const { verification } = event;
        for (const trade of event.verification.trades) {
          queries.setQueryData(keys.verification(rowKey(trade)), verification);
        }
      }
      const settled = event.type === "done" || (event.type === "stage" && event.stage !== "sign");
      if (settled) {
        void queries.invalidateQueries({ queryKey: keys.indexer });
        void queries.invalidateQueries({ queryKey: keys.chain });
      }
    },
    [queries],
  );

  const run = useCallback(
    (plan: Plan) => {
      if (running.current) return;
      running.current = true;
      emit({ type: "start", plan });
      void runPlan(plan, ports, emit).finally(() => {
        running.current = false;
      });
    },
    [ports, emit],
  );

  const start = useCallback(
    (plan: Plan) => {
      setOpen(true);
      if (plan.publishes && !privacyAccepted()) setAwaiting(plan);
      else run(plan);
    },
    [run],
  );

  const accept = () => {
    acceptPrivacy();
    if (awaiting) run(awaiting);
    setAwaiting(null);
  };

  const recheck = useCallback(() => {
    const { hash, account } = state;
    if (hash && account && !running.current) void verifyInto(hash, account, ports, emit);
  }, [state, ports, emit]);

  const value = useMemo(() => ({ state, start, recheck }), [state, start, recheck]);
  const close = () => {
    setOpen(false);
    setAwaiting(null);
    dispatch({ type: "reset" });
  };
  return (
    <TransactionsContext value={value}>
      {children}
      <Dialog open={open && awaiting !== null} title="Before your first trade" onClose={close}>
        <PrivacyNote onAccept={accept} onCancel={close} />
      </Dialog>
      <TransactionDialog open={open && awaiting === null} onClose={close} onOpen={() => setOpen(true)} />
    </TransactionsContext>
  );
}

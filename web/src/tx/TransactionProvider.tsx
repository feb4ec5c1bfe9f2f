import { useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from "react";
import { rowKey } from "../chain/rowKey.ts";
import { useSite } from "../config/SiteContext.ts";
import { keys } from "../data/keys.ts";
import { withMessages } from "../i18n/messages.ts";
import { t } from "../i18n/t.ts";
import { Dialog } from "../ui/Dialog.tsx";
import { useSession, useWalletState } from "../wallet/session.ts";
import type { Work } from "./carryOut.ts";
import { type FlowEvent, type FlowState, flowReducer, idleFlow } from "./flow.ts";
import { type Intent, publishes } from "./intent.ts";
import { type Pending, pendingStore } from "./pending.ts";
import { acceptPrivacy, privacyAccepted } from "./privacy.ts";

const TransactionDialog = lazy(withMessages("tx", () => import("./TransactionDialog.tsx")));
const PrivacyNote = lazy(withMessages("tx", () => import("./PrivacyNote.tsx")));
const engine = withMessages("tx", () => import("./carryOut.ts"));

export interface Wish {
  intent: Intent;
  /** Called once it has succeeded. */
  onDone?: () => void;
}

export interface Transactions {
  state: FlowState;
  /** Starts what somebody wants; does nothing while something else is under way. */
  start(intent: Intent, onDone?: () => void): void;
  /** Tries the last one once more. */
  again(): void;
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
  const site = useSite();
  const session = useSession();
  const queries = useQueryClient();
  const { status, address } = useWalletState();
  const [state, dispatch] = useReducer(flowReducer, idleFlow);
  const [open, setOpen] = useState(false);
  const [awaiting, setAwaiting] = useState<Wish | null>(null);
  const [unloaded, setUnloaded] = useState(false);
  const last = useRef<Wish | null>(null);
  const running = useRef(false);
  const pending = useMemo(() => pendingStore(site.deployment), [site]);

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
      // After a failure, too: what the page shows can be why.
      const over = event.type === "done" || event.type === "failed";
      if (over || (event.type === "stage" && event.stage !== "sign")) {
        void queries.invalidateQueries({ queryKey: keys.indexer });
        void queries.invalidateQueries({ queryKey: keys.chain });
      }
    },
    [queries],
  );

  /** One at a time, whether it is new or taken up again. */
  const alone = useCallback((work: () => Promise<void>) => {
    if (running.current) return;
    running.current = true;
    setUnloaded(false);
    work()
      .catch((cause: unknown) => {
        console.error(cause);
        setUnloaded(true);
      })
      .finally(() => {
        running.current = false;
      });
  }, []);

  const work = useMemo((): Work => ({ site, session, queries, emit }), [site, session, queries, emit]);

  const run = useCallback(
    (wish: Wish) =>
      alone(async () => {
        last.current = wish;
        await (await engine()).carryOut(work, wish.intent, wish.onDone);
      }),
    [alone, work],
  );

  const start = useCallback(
    (intent: Intent, onDone?: () => void) => {
      setOpen(true);
      const wish = { intent, onDone };
      if (publishes(intent) && !privacyAccepted()) setAwaiting(wish);
      else run(wish);
    },
    [run],
  );

  const again = useCallback(() => {
    if (last.current) run(last.current);
  }, [run]);

  const accept = () => {
    acceptPrivacy();
    if (awaiting) run(awaiting);
    setAwaiting(null);
  };

  const recheck = useCallback(() => {
    const { hash, account } = state;
    if (hash && account) alone(async () => (await engine()).verifyAgain(work, hash, account));
  }, [state, work, alone]);

  // What was under way when the page was left. Of a batch only the wallet that was handed it knows more: once that is here.
  const left = useRef<Pending | null>(null);
  useEffect(() => {
    left.current = pending.load();
  }, [pending]);
  useEffect(() => {
    const found = left.current;
    if (!found || running.current) return;
    if ("batch" in found.known && address?.toLowerCase() !== found.account.toLowerCase()) return;
    left.current = null;
    setOpen(true);
    alone(async () => {
      last.current = { intent: found.intent };
      await (await engine()).takeUp(work, found);
    });
  }, [work, alone, address]);

  // Known by its hash, or as a batch of calls by the wallet's id, it is kept until it is known how it ended.
  useEffect(() => {
    const { hash, batch, account, steps, step } = state;
    const intent = last.current?.intent;
    const known = hash ? { hash } : batch ? { batch } : null;
    if (state.status === "running" && known && account && intent) pending.save({ intent, account, steps, step, known });
    else if (state.status !== "running" && state.status !== "unread" && state.plan) pending.forget();
  }, [state, pending]);

  // A connected wallet is there to sign: what that takes is ready before it is asked to.
  useEffect(() => {
    if (status === "connected") void engine().catch(() => {});
  }, [status]);

  const value = useMemo(() => ({ state, start, again, recheck }), [state, start, again, recheck]);
  const close = () => {
    setOpen(false);
    setAwaiting(null);
    if (state.status === "unread") pending.forget();
    dispatch({ type: "reset" });
  };
  return (
    <TransactionsContext value={value}>
      {children}
      {open && awaiting !== null && (
        <Suspense fallback={null}>
          <PrivacyNote onAccept={accept} onCancel={close} />
        </Suspense>
      )}
      <Dialog open={open && unloaded} title={t("app.tx.notStarted")} onClose={close}>
        <p role="alert">{t("app.tx.notLoaded")}</p>
      </Dialog>
      {state.plan && (
        <Suspense fallback={null}>
          <TransactionDialog
            open={open && awaiting === null && !unloaded}
            onClose={close}
            onOpen={() => setOpen(true)}
          />
        </Suspense>
      )}
    </TransactionsContext>
  );
}

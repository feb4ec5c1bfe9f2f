import { useCallback, useEffect, useReducer, useRef } from "react";
import type { AuditProgress, AuditResult, LedgerAt } from "../../audit/auditor.ts";
import { checkIndexer, type IndexerCheck } from "../../audit/indexer.ts";
import type { FailureKind, FromWorker, ToWorker } from "../../audit/protocol.ts";
import type { Site } from "../../config/loadSite.ts";

/** As the operator's own audit: on Polygon blocks are not expected to be replaced beyond these. */
const CONFIRMATIONS = __CHAIN_ID__ === 31337 ? 0 : 64;

export interface AuditState {
  phase: "idle" | "running" | "stopped" | "failed" | "done";
  progress: AuditProgress | null;
  /** For how long it has run, in milliseconds, and since when it runs now. */
  ranMs: number;
  since: number | null;
  result: AuditResult | null;
  indexer: IndexerCheck | null;
  failure: { kind: FailureKind; reason: string } | null;
}

const IDLE: AuditState = {
  ...{ phase: "idle", progress: null, ranMs: 0, since: null, result: null, indexer: null, failure: null },
};

type Event =
  | { type: "go"; at: number }
  | { type: "said"; message: FromWorker; at: number }
  | { type: "indexer"; check: IndexerCheck };

function reduce(state: AuditState, event: Event): AuditState {
  if (event.type === "go") {
    const again = state.phase === "stopped" || state.phase === "failed";
    return { ...(again ? state : IDLE), phase: "running", since: event.at, failure: null };
  }
  if (event.type === "indexer") return state.phase === "done" ? { ...state, indexer: event.check } : state;
  const { message, at } = event;
  const halted = { since: null, ranMs: state.ranMs + (state.since === null ? 0 : at - state.since) };
  switch (message.type) {
    case "progress":
      return { ...state, progress: message.progress };
    case "result":
      return { ...state, ...halted, phase: "done", result: message.result, indexer: { status: "asking" } };
    case "stopped":
      return { ...state, ...halted, phase: "stopped" };
    case "failed":
      return { ...state, ...halted, phase: "failed", failure: { kind: message.kind, reason: message.reason } };
    case "ledgerAt":
      return state;
  }
}

interface Audit {
  state: AuditState;
  /** Begins; after a stop or a failure it goes on where it was. */
  go(): void;
  stop(): void;
}

/** The audit in its worker, which lives as long as the page that shows it. */
export function useAudit(site: Site): Audit {
  const [state, dispatch] = useReducer(reduce, IDLE);
  const worker = useRef<Worker | null>(null);
  const asked = useRef(new Map<number, (ledger: LedgerAt | null) => void>());
  const { config, deployment, indexer } = site;

  const tell = useCallback((message: ToWorker) => worker.current?.postMessage(message), []);

  const end = useCallback(() => {
    worker.current?.terminate();
    worker.current = null;
    asked.current.clear();
  }, []);
  useEffect(() => end, [end]);

  const go = useCallback(() => {
    // A new audit trusts nothing that an earlier one has read.
    if (state.phase === "done") end();
    if (worker.current === null) {
      const started = new Worker(new URL("../../audit/worker.ts", import.meta.url), { type: "module" });
      worker.current = started;
      const ledgerAt = (block: number) =>
        new Promise<LedgerAt | null>((resolve) => {
          asked.current.set(block, resolve);
          tell({ type: "ledgerAt", block });
        });
      const hear = (message: FromWorker) => {
        if (worker.current !== started) return;
        if (message.type === "ledgerAt") {
          asked.current.get(message.block)?.(message.ledger);
          return;
        }
        dispatch({ type: "said", message, at: performance.now() });
        if (message.type !== "result") return;
        if (message.result.head !== message.result.headOnChain) {
          dispatch({ type: "indexer", check: { status: "no-measure" } });
        } else {
          void checkIndexer(indexer, ledgerAt).then((check) => {
            if (worker.current === started) dispatch({ type: "indexer", check });
          });
        }
      };
      started.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => hear(data));
      started.addEventListener("error", ({ message: reason }) => hear({ type: "failed", kind: "unexpected", reason }));
    }
    dispatch({ type: "go", at: performance.now() });
    const { chainId, address, token, slotDuration, ringLength, startBlock } = deployment;
    const books = { chainId, address, token, slotDuration, ringLength };
    tell({
      type: "go",
      subject: { rpcUrl: config.rpcUrl, deployment: books, startBlock, confirmations: CONFIRMATIONS },
    });
  }, [state.phase, config, deployment, indexer, tell, end]);

  const stop = useCallback(() => tell({ type: "stop" }), [tell]);
  return { state, go, stop };
}

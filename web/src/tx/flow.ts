// The one transaction flow: validate → simulate → sign → pending → confirmed → indexed, for each step of a plan.
import type { Address, Hex, TypedDataDomain } from "viem";
import type { Verification } from "../chain/verifyTrade.ts";
import type { Remedy } from "./explain.ts";

export const STAGES = ["validate", "simulate", "sign", "pending", "confirmed", "indexed"] as const;
export type Stage = (typeof STAGES)[number];

/** A contract call; `abi` holds the errors that it can end with. */
export interface Call {
  address: Address;
  abi: readonly unknown[];
  functionName: string;
  args: readonly unknown[];
}

/** A transaction. */
export interface CallStep {
  label: string;
  /** With what was signed in the step before it, where that is a permit. */
  call: Call | ((permit: Hex) => Call);
}

/** A signature that costs nothing and sends nothing: EIP-712, for the call of the next step. */
export interface PermitStep {
  label: string;
  permit: TypedData;
}

/** Several calls that the wallet carries out together or not at all, confirmed once: EIP-5792. */
export interface BatchStep {
  label: string;
  batch: readonly Call[];
}

export type Step = CallStep | PermitStep | BatchStep;

export interface TypedData {
  domain: TypedDataDomain;
  types: Record<string, readonly { name: string; type: string }[]>;
  primaryType: string;
  message: Record<string, unknown>;
}

/** What a wallet can be asked for beside one transaction at a time. */
export interface Means {
  batch: boolean;
  permit: boolean;
}

/** A figure that is agreed to before signing. */
export interface Figure {
  label: string;
  value: string;
}

/** Something to be written to the chain. */
export interface Plan {
  title: string;
  figures: Figure[];
  /** Checks against the chain and says which transactions it takes. Throws `PlanError` where it can't be done. */
  prepare(account: Address, means: Means): Promise<Step[]>;
  /** A purchase: its trades are recomputed afterwards. */
  purchase?: boolean;
  /** What success is, in words. */
  success: string;
  /** The page that shows what came of it. */
  outcome?: (hash: Hex) => { href: string; label: string };
  /** Called once it has succeeded. */
  onDone?: () => void;
}

export interface FlowState {
  /**
   * `unread`: sent, and how it ended can't be said. `interrupted`: the page was left after one of several transactions,
   * which is done; the others were not sent.
   */
  status: "idle" | "running" | "done" | "rejected" | "failed" | "unread" | "interrupted";
  plan: Plan | null;
  /** Who sends, from start to end, whatever the wallet shows meanwhile. */
  account: Address | null;
  /** Labels of the plan's steps; empty until validated. */
  steps: readonly string[];
  /** Those of them that are only signed: nothing of them is on the chain. */
  signatures: readonly string[];
  /** Which of them is under way. */
  step: number;
  stage: Stage;
  /** Hash of the transaction under way. */
  hash: Hex | null;
  /** Where the wallet carries several calls out as one: by which id it knows them. */
  batch: string | null;
  /** The indexer is slow: the transaction is safe, the lists are not up to date. */
  lagging: boolean;
  verification: Verification | "checking" | null;
  failure: { message: string; remedy: Remedy } | null;
}

export const idleFlow: FlowState = {
  status: "idle",
  plan: null,
  account: null,
  steps: [],
  signatures: [],
  step: 0,
  stage: "validate",
  hash: null,
  batch: null,
  lagging: false,
  verification: null,
  failure: null,
};

export type FlowEvent =
  | { type: "start"; plan: Plan }
  | { type: "validated"; account: Address; steps: readonly string[]; signatures?: readonly string[] }
  | { type: "step"; step: number }
  | { type: "stage"; stage: Stage }
  | { type: "sent"; hash: Hex }
  /** Several calls are with the wallet, which has not said their hash yet. */
  | { type: "handed"; batch: string }
  | { type: "lagging" }
  | { type: "verification"; hash: Hex; verification: Verification | "checking" }
  /** `shown` says whether the indexer has it. */
  | { type: "done"; shown: boolean }
  | { type: "rejected" }
  | { type: "interrupted" }
  | { type: "failed"; message: string; remedy: Remedy }
  | { type: "unread"; message: string }
  | { type: "reset" };

export function flowReducer(state: FlowState, event: FlowEvent): FlowState {
  if (event.type === "start") {
    // One at a time: a second click changes nothing.
    return state.status === "running" ? state : { ...idleFlow, status: "running", plan: event.plan };
  }
  if (event.type === "reset") return state.status === "running" ? state : idleFlow;
  if (event.type === "verification") {
    // It can come late: what was found out about one transaction says nothing about another.
    return event.hash === state.hash ? { ...state, verification: event.verification } : state;
  }
  if (state.status !== "running") return state;
  switch (event.type) {
    case "validated":
      return { ...state, account: event.account, steps: event.steps, signatures: event.signatures ?? [] };
    case "step":
      return { ...state, step: event.step, stage: "simulate", hash: null, batch: null };
    case "stage":
      return { ...state, stage: event.stage };
    case "sent":
      return { ...state, stage: "pending", hash: event.hash };
    case "handed":
      return { ...state, stage: "pending", batch: event.batch };
    case "lagging":
      return { ...state, lagging: true };
    case "done":
      return { ...state, status: "done", stage: event.shown ? "indexed" : "confirmed", lagging: !event.shown };
    case "rejected":
    case "interrupted":
      return { ...state, status: event.type };
    case "failed":
      return { ...state, status: "failed", failure: { message: event.message, remedy: event.remedy } };
    case "unread":
      return { ...state, status: "unread", failure: { message: event.message, remedy: "none" } };
  }
}

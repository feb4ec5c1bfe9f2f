// What went wrong with a write, sorted and in words.
import {
  BaseError,
  ChainMismatchError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  ExecutionRevertedError,
  HttpRequestError,
  InsufficientFundsError,
  TimeoutError,
  UnauthorizedProviderError,
  UserRejectedRequestError,
  WaitForCallsStatusTimeoutError,
  WaitForTransactionReceiptTimeoutError,
} from "viem";
import { BaseError as WagmiError } from "wagmi";
import { type ErrorWords, wordsOf } from "../chain/contractErrors.ts";
import { t } from "../i18n/t.ts";

/** What a reader can do about a failure. */
export type Remedy = "get-tokens" | "get-gas" | "retry" | "none";

/** A failure that the page itself found, in words. */
export class PlanError extends Error {
  override name = "PlanError";
  readonly remedy: Remedy;

  constructor(message: string, remedy: Remedy = "none") {
    super(message);
    this.remedy = remedy;
  }
}

/**
 * How far a transaction had come: not handed out, handed to the wallet without an answer, or known by its hash.
 * Only before it was handed out is it sure that it was not sent.
 */
export type Phase = "unsent" | "sending" | "sent";

export type Explanation =
  | { kind: "rejected" }
  | { kind: "failed"; message: string; remedy: Remedy }
  /** It was sent, and how it ended can't be said. */
  | { kind: "unread"; message: string };

const failed = (message: string, remedy: Remedy = "retry"): Failed => ({ kind: "failed", message, remedy });

/** Errors after which the wallet needs tokens. */
const NEEDS_TOKENS = new Set(["ERC20InsufficientBalance"]);

export function explain(cause: unknown, words: ErrorWords, nativeSymbol: string, phase: Phase): Explanation {
  if (phase === "sent") return explainSent(cause, words);
  if (isRejection(cause)) return { kind: "rejected" };
  if (phase === "sending" && !isRefusal(cause)) return failed(t("tx.explain.perhapsSent"), "none");
  if (cause instanceof PlanError) return failed(cause.message, cause.remedy);
  if (cause instanceof BaseError) {
    const reverted = find(cause, ContractFunctionRevertedError);
    if (reverted) return explainRevert(reverted, words);
    if (find(cause, InsufficientFundsError)) {
      return failed(t("tx.explain.gas", { native: nativeSymbol }), "get-gas");
    }
    if (find(cause, ContractFunctionZeroDataError)) {
      return failed(t("tx.explain.noContract"), "none");
    }
    if (find(cause, HttpRequestError) || find(cause, TimeoutError)) {
      return failed(t("tx.explain.offline"));
    }
    return failed(cause.shortMessage);
  }
  return failed(cause instanceof Error ? cause.message : String(cause));
}

/** Once a hash exists, no failure of reading says anything about the transaction, and sending again may do it twice. */
function explainSent(cause: unknown, words: ErrorWords): Explanation {
  if (cause instanceof PlanError) return failed(cause.message, "none");
  if (cause instanceof BaseError) {
    const reverted = find(cause, ContractFunctionRevertedError);
    if (reverted) return { ...explainRevert(reverted, words), remedy: "none" };
    const late = find(cause, WaitForTransactionReceiptTimeoutError) ?? find(cause, WaitForCallsStatusTimeoutError);
    if (late) return { kind: "unread", message: t("tx.explain.unmined") };
  }
  return { kind: "unread", message: t("tx.explain.unread") };
}

/** What a wallet, the page or the node says instead of sending. After anything else it may have been sent. */
function isRefusal(cause: unknown): boolean {
  if (cause instanceof PlanError || cause instanceof WagmiError) return true;
  if (!(cause instanceof BaseError)) return false;
  return REFUSALS.some((type) => find(cause, type) !== null);
}

const REFUSALS = [
  ChainMismatchError,
  ContractFunctionRevertedError,
  ExecutionRevertedError,
  InsufficientFundsError,
  UnauthorizedProviderError,
];

type Failed = Extract<Explanation, { kind: "failed" }>;

function explainRevert(reverted: ContractFunctionRevertedError, words: ErrorWords): Failed {
  const { data, reason } = reverted;
  if (data) {
    const text = wordsOf(data.errorName, data.args ?? [], words);
    if (text) return failed(text, NEEDS_TOKENS.has(data.errorName) ? "get-tokens" : "retry");
    return failed(t("tx.explain.refused", { reason: data.errorName }));
  }
  return failed(reason ? t("tx.explain.refused", { reason }) : t("tx.explain.refusedSilently"));
}

function find<T>(cause: BaseError, type: abstract new (...args: never[]) => T): T | null {
  const found: unknown = cause.walk((inner) => inner instanceof type);
  return found instanceof type ? found : null;
}

/** EIP-1193, JSON-RPC and EIP-5792: the wallet has not got what it was asked for. Nothing was sent. */
const NOT_SUPPORTED: ReadonlySet<unknown> = new Set([4200, -32601, -32004, 5700, 5710, 5740, 5750, 5760]);

export function isNotSupported(cause: unknown): boolean {
  return chainOf(cause).some((inner) => "code" in inner && NOT_SUPPORTED.has(inner.code));
}

/** An error and what it was caused by, however deep the wallet or a library has wrapped it. */
function chainOf(cause: unknown): object[] {
  const chain: object[] = [];
  for (let inner = cause; typeof inner === "object" && inner !== null && chain.length < 8; ) {
    chain.push(inner);
    inner = "cause" in inner ? inner.cause : null;
  }
  return chain;
}

/** EIP-1193 code 4001, however deep the wallet or a library has wrapped it. */
export function isRejection(cause: unknown): boolean {
  return chainOf(cause).some(
    (inner) => inner instanceof UserRejectedRequestError || ("code" in inner && inner.code === 4001),
  );
}

// What went wrong with a write, sorted and in words.
import {
  BaseError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  HttpRequestError,
  InsufficientFundsError,
  NonceTooLowError,
  TimeoutError,
  UserRejectedRequestError,
  WaitForTransactionReceiptTimeoutError,
} from "viem";
import { type ErrorWords, wordsOf } from "../chain/contractErrors.ts";

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

export type Explanation = { kind: "rejected" } | { kind: "failed"; message: string; remedy: Remedy };

const failed = (message: string, remedy: Remedy = "retry"): Explanation => ({ kind: "failed", message, remedy });

/** Errors after which the wallet needs tokens. */
const NEEDS_TOKENS = new Set(["ERC20InsufficientBalance"]);

export function explain(cause: unknown, words: ErrorWords, nativeSymbol: string): Explanation {
  if (isRejection(cause)) return { kind: "rejected" };
  if (cause instanceof PlanError) return failed(cause.message, cause.remedy);
  if (cause instanceof BaseError) {
    const reverted = find(cause, ContractFunctionRevertedError);
    if (reverted) return explainRevert(reverted, words);
    if (find(cause, InsufficientFundsError)) {
      return failed(`The wallet has too little ${nativeSymbol} to pay for the transaction.`, "get-gas");
    }
    if (find(cause, ContractFunctionZeroDataError)) {
      return failed("There is no GridX contract at the configured address.", "none");
    }
    if (find(cause, WaitForTransactionReceiptTimeoutError)) {
      return failed("The transaction is still not mined. Look at your wallet: it may need a higher fee.", "none");
    }
    if (find(cause, NonceTooLowError)) return failed("The wallet's transaction counter was behind. Try again.");
    if (find(cause, HttpRequestError) || find(cause, TimeoutError)) {
      return failed("The chain can't be reached right now. Nothing was sent.");
    }
    return failed(cause.shortMessage);
  }
  return failed(cause instanceof Error ? cause.message : String(cause));
}

function explainRevert(reverted: ContractFunctionRevertedError, words: ErrorWords): Explanation {
  const { data, reason } = reverted;
  if (data) {
    const text = wordsOf(data.errorName, data.args ?? [], words);
    if (text) return failed(text, NEEDS_TOKENS.has(data.errorName) ? "get-tokens" : "retry");
    return failed(`The contract refused: ${data.errorName}.`);
  }
  return failed(reason ? `The contract refused: ${reason}.` : "The contract refused without saying why.");
}

function find<T>(cause: BaseError, type: abstract new (...args: never[]) => T): T | null {
  const found: unknown = cause.walk((inner) => inner instanceof type);
  return found instanceof type ? found : null;
}

/** EIP-1193 code 4001, however deep the wallet or a library has wrapped it. */
export function isRejection(cause: unknown): boolean {
  let current: unknown = cause;
  for (let depth = 0; depth < 8 && typeof current === "object" && current !== null; depth += 1) {
    if (current instanceof UserRejectedRequestError) return true;
    if ("code" in current && current.code === 4001) return true;
    current = "cause" in current ? current.cause : null;
  }
  return false;
}

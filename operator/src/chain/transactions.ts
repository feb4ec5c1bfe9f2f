// Sends one transaction at a time and sees it mined, whatever is lost on the way.
import { type Address, type Hex, keccak256, type LocalAccount } from "viem";
import { z } from "zod";
import { latestBlock, type Receipt, type Rpc, RpcError, receiptsOf } from "./rpc.ts";

export interface TransactionsOptions {
  rpc: Rpc;
  account: LocalAccount;
  chainId: number;
  to: Address;
  signal?: AbortSignal;
  /** Milliseconds to wait for a transaction to be mined. */
  receiptTimeout?: number;
  /** Milliseconds between looks for the receipt. */
  pollInterval?: number;
}

/**
 * A transaction that hangs is replaced by one of a quarter more of the node's own price each time: at most 2.75 times
 * that price. An eighth raise would be less than the tenth that nodes want of a replacement.
 */
const MOST_RAISES = 7;
/** No transaction may have more gas (EIP-7825). */
const MOST_GAS = 16_777_216n;

const quantity = z.string().transform((text) => BigInt(text));

class TooMuchGas extends Error {}

/** Whether a smaller transaction might be taken. */
export const isAboutGas = (error: unknown): boolean =>
  error instanceof TooMuchGas ||
  (error instanceof RpcError && error.answered && !error.reverted && GAS.test(error.message));
const GAS = /out of gas|gas (limit|required|cap)|exceeds.* gas|gas.*(too (high|large)|exceed)/i;

export interface Sent<T> {
  hash: Hex;
  /** What it carries, for whoever sent it. */
  content: T;
}
export type Mined<T> = Sent<T> & { receipt: Receipt };

export class Transactions<T> {
  readonly #options: TransactionsOptions;
  /**
   * Sent but not seen mined: the next attempt looks for them first, so that nothing is paid twice. The newest are enough:
   * one that was forgotten and mined all the same is told by the contract's answer to the next.
   */
  #unseen: Sent<T>[] = [];
  /** How often the price of a nonce was raised. */
  #raises = { nonce: -1, count: 0 };

  constructor(options: TransactionsOptions) {
    this.#options = options;
  }

  /**
   * One attempt; throws if the transaction could not be sent or was not mined in time. If an earlier attempt turns out to
   * have been mined, it tells of that one instead and sends nothing. With a nonce of its own a transaction cannot land
   * beside one that was sent under that nonce before.
   */
  async submit(data: Hex, content: T, nonce?: number): Promise<Mined<T>> {
    const mined = (await this.recovered()) ?? (await this.#send(data, content, nonce));
    this.#unseen = [];
    return mined;
  }

  /** What was sent, not seen mined, and has been since. */
  async recovered(): Promise<Mined<T> | null> {
    const mined = await this.find(this.#unseen);
    if (mined) this.#unseen = [];
    return mined;
  }

  /** Was mined, and is off the chain: should it come back, it is told before anything is sent. */
  lost({ hash, content }: Sent<T>): void {
    this.#unseen = [...this.#unseen.filter((other) => other.hash !== hash), { hash, content }].slice(-MOST_RAISES - 1);
  }

  /** The first of them that is mined. */
  async find(transactions: readonly Sent<T>[]): Promise<Mined<T> | null> {
    const receipts = await receiptsOf(this.#options.rpc, transactions);
    for (const [index, transaction] of transactions.entries()) {
      const receipt = receipts[index];
      if (receipt) return { ...transaction, receipt };
    }
    return null;
  }

  async #send(data: Hex, content: T, fixedNonce: number | undefined): Promise<Mined<T>> {
    const { rpc, account, chainId, to } = this.#options;
    // The estimate tells a revert (a pause, say) before it costs anything.
    const [gas, nonce, tip, block] = await Promise.all([
      rpc.call("eth_estimateGas", { from: account.address, to, data }).then((value) => quantity.parse(value)),
      fixedNonce ??
        rpc.call("eth_getTransactionCount", account.address, "latest").then((n) => Number(quantity.parse(n))),
      rpc.call("eth_maxPriorityFeePerGas").then((value) => quantity.parse(value)),
      latestBlock(rpc),
    ]);
    if (gas > MOST_GAS) throw new TooMuchGas(`a transaction may have ${MOST_GAS} gas, not ${gas}`);
    const allowance = (gas * 13n) / 10n;
    if (this.#raises.nonce !== nonce) this.#raises = { nonce, count: 0 };
    const raises = BigInt(this.#raises.count);
    const raised = (fee: bigint) => (fee * (4n + raises)) / 4n;
    const raw = await account.signTransaction({
      type: "eip1559",
      chainId,
      to,
      data,
      gas: allowance < MOST_GAS ? allowance : MOST_GAS,
      nonce,
      maxFeePerGas: raised((block.baseFeePerGas ?? 0n) * 2n + tip),
      maxPriorityFeePerGas: raised(tip),
    });
    const sent = { hash: keccak256(raw), content };
    const answer = await rpc.call("eth_sendRawTransaction", raw).catch((error: unknown) => error);
    const fate = fateOf(answer);
    if (fate !== "refused") {
      // It may hang, or an earlier one does.
      this.#raises.count = Math.min(MOST_RAISES, this.#raises.count + 1);
    }
    if (fate === "taken" || fate === "unknown") {
      const others = this.#unseen.filter((other) => other.hash !== sent.hash);
      this.#unseen = [...others, sent].slice(-MOST_RAISES - 1);
    }
    if (fate !== "taken") throw answer;
    return this.#wait(sent);
  }

  async #wait(sent: Sent<T>): Promise<Mined<T>> {
    const { receiptTimeout = 90_000, pollInterval = 250, signal } = this.#options;
    const deadline = Date.now() + receiptTimeout;
    while (Date.now() < deadline) {
      signal?.throwIfAborted();
      const mined = await this.find([sent]);
      if (mined) return mined;
      await new Promise((resolve) => setTimeout(resolve, pollInterval));
    }
    throw new Error(`transaction ${sent.hash} was not mined within ${receiptTimeout / 1000} s`);
  }
}

/**
 * What a node's answer to a transaction means. Nodes word it differently; only a plain answer of the node itself is a
 * refusal, for what was lost on the way may have arrived. `outbid`: refused, as another of its nonce waits at a price too
 * near.
 */
function fateOf(answer: unknown): "taken" | "unknown" | "outbid" | "refused" {
  if (!(answer instanceof Error)) return "taken";
  if (!(answer instanceof RpcError && answer.answered)) return "unknown";
  const { message } = answer;
  if (/already ?(known|imported)|known transaction/i.test(message)) return "taken";
  if (/nonce (is )?too low|old ?nonce|nonce .*already|time.?out|timed out/i.test(message)) return "unknown";
  return /replac|underpriced/i.test(message) ? "outbid" : "refused";
}

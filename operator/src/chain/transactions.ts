// Sends one transaction at a time and sees it mined, whatever is lost on the way. A nonce is not left before what was sent
// under it is settled, so nothing of ours can land beside it; a transaction that hangs is sent again at a higher price.
import { type Address, formatGwei, type Hex, keccak256, type LocalAccount } from "viem";
import { z } from "zod";
import { LOCAL_CHAIN } from "./confirmations.ts";
import { type FeeRules, type Fees, feeRules, gasMarket, offer, tooDear } from "./fees.ts";
import type { Attempt, Journal } from "./journal.ts";
import { type Receipt, type Rpc, RpcError, receiptsOf } from "./rpc.ts";

/** What happens to transactions, for whoever counts it. */
export type SenderEvent =
  | { kind: "sent"; nonce: number; hash: Hex; fees: Fees; replaces: boolean }
  | { kind: "mined"; hash: Hex; receipt: Receipt; seconds: number | null }
  /** Something that the operator should know. */
  | { kind: "notice"; message: string }
  | { kind: "failed"; reason: "refused" | "reverts" | "too dear" | "taken over" | "not mined" };

export interface TransactionsOptions {
  rpc: Rpc;
  account: LocalAccount;
  chainId: number;
  to: Address;
  signal?: AbortSignal;
  /** Where what was sent outlives a crash. */
  journal?: Journal | undefined;
  /** By default those of the chain. */
  fees?: FeeRules | undefined;
  /** Milliseconds after which a transaction that was not mined is sent again at a higher price. */
  bumpAfter?: number | undefined;
  /** Milliseconds to wait for a transaction to be mined. */
  receiptTimeout?: number;
  /** Milliseconds between looks for the receipt; by default a quarter of a second on a local chain and one elsewhere. */
  pollInterval?: number;
  observe?: ((event: SenderEvent) => void) | undefined;
}

const BUMP_AFTER = 30_000;
/** Transactions that are looked for at most; a nonce gets no further than this from one price to the ceiling. */
const MOST_UNSEEN = 24;
/** Looks in a row at which a nonce is used and none of ours was mined, before another's is believed: nodes lag. */
const FOREIGN_LOOKS = 5;
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
  readonly #fees: FeeRules;
  /** Sent but not seen mined: the next attempt looks for them first, so that nothing is paid twice. */
  #unseen: Sent<T>[] = [];
  /** What was offered under a nonce, where no journal is kept or the node knows of more. */
  #offered: { nonce: number; attempts: Attempt[]; outbid: Fees | null } = { nonce: -1, attempts: [], outbid: null };
  /** Said once for a nonce. */
  #held = -1;

  constructor(options: TransactionsOptions) {
    this.#options = options;
    this.#fees = options.fees ?? feeRules(options.chainId);
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
    if (!mined) return null;
    this.#unseen = [];
    this.#tellMined(mined);
    return mined;
  }

  /** Was mined, and is off the chain: should it come back, it is told before anything is sent. */
  lost({ hash, content }: Sent<T>): void {
    this.#look({ hash, content });
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
    const { rpc, account, to, bumpAfter = BUMP_AFTER } = this.#options;
    // The estimate tells a revert (a pause, say) before it costs anything.
    const [gas, nonce] = await Promise.all([
      rpc
        // On the newest block: on what is pending, a call of ours that waits would be in its own way.
        .call("eth_estimateGas", { from: account.address, to, data }, "latest")
        .then((value) => quantity.parse(value))
        .catch((error: unknown) => {
          if (error instanceof RpcError && error.reverted) this.#tell({ kind: "failed", reason: "reverts" });
          throw error;
        }),
      fixedNonce ?? this.#countOf("latest"),
    ]);
    if (gas > MOST_GAS) throw new TooMuchGas(`a transaction may have ${MOST_GAS} gas, not ${gas}`);
    const allowance = (gas * 13n) / 10n;
    const call: Outgoing<T> = { data, content, nonce, gas: allowance < MOST_GAS ? allowance : MOST_GAS };
    const last = this.#attemptsAt(nonce).at(-1);
    if (last && last.call === keccak256(data)) {
      // The same call waits already, perhaps since before a restart. It is sent again as it is: it may not have arrived.
      if (this.#options.journal?.isEarlier(last.hash))
        this.#notice(`transaction ${last.hash} of an earlier run goes on`);
      for (const { hash } of this.#attemptsAt(nonce)) this.#look({ hash, content });
      if (Date.now() - last.at < bumpAfter) await this.#broadcast(call, last);
      else if (!(await this.#raise(call))) await this.#broadcast(call, last);
    } else if (!(await this.#raise(call))) {
      // Another call of ours waits under the nonce, and nothing may be sent that could land beside it.
      throw new Error(
        `nonce ${nonce}: ${last?.hash ?? "another transaction"} waits, and no more may be offered than it does`,
      );
    }
    return this.#wait(call);
  }

  /** Signs the call at a price above what was offered before, and sends it; false where the ceiling forbids. */
  async #raise(call: Outgoing<T>): Promise<boolean> {
    const { rpc, account, chainId, to } = this.#options;
    const { data, nonce, gas } = call;
    const market = await gasMarket(rpc);
    const before = this.#offered.nonce === nonce ? this.#offered.outbid : null;
    const last = this.#attemptsAt(nonce).at(-1) ?? null;
    const highest = before && (!last || before.maxFeePerGas > last.maxFeePerGas) ? before : last;
    const fees = offer(market, this.#fees, highest);
    if (!fees) {
      const message = tooDear(market, this.#fees, highest);
      if (!highest) {
        this.#tell({ kind: "failed", reason: "too dear" });
        throw new Error(message);
      }
      if (this.#held !== nonce) this.#notice(`nonce ${nonce}: ${message}`);
      this.#held = nonce;
      return false;
    }
    const raw = await account.signTransaction({ type: "eip1559", chainId, to, data, gas, nonce, ...fees });
    const attempt: Attempt = { hash: keccak256(raw), raw, call: keccak256(data), at: Date.now(), ...fees };
    this.#remember(nonce, attempt);
    await this.#broadcast(call, attempt, highest !== null);
    return true;
  }

  async #broadcast({ nonce, content }: Outgoing<T>, attempt: Attempt, replaces = false): Promise<void> {
    const { hash, maxFeePerGas, maxPriorityFeePerGas } = attempt;
    const fees = { maxFeePerGas, maxPriorityFeePerGas };
    const answer = await this.#options.rpc.call("eth_sendRawTransaction", attempt.raw).catch((error: unknown) => error);
    const fate = fateOf(answer);
    if (fate === "outbid") this.#offered = { ...this.#offerings(nonce), outbid: fees };
    if (fate === "outbid" || fate === "refused") {
      // What was sent before may have arrived then.
      if (this.#attemptsAt(nonce).at(-1)?.hash === hash && !this.#unseen.some((other) => other.hash === hash))
        this.#drop(nonce, hash);
      this.#tell({ kind: "failed", reason: "refused" });
      throw answer;
    }
    this.#look({ hash, content });
    this.#tell({ kind: "sent", nonce, hash, fees, replaces });
    if (fate === "unknown") throw answer;
  }

  async #wait(call: Outgoing<T>): Promise<Mined<T>> {
    const { receiptTimeout = 90_000, bumpAfter = BUMP_AFTER, chainId, signal } = this.#options;
    const { pollInterval = chainId === LOCAL_CHAIN ? 250 : 1_000 } = this.#options;
    const { nonce } = call;
    const deadline = Date.now() + receiptTimeout;
    let foreign = 0;
    let raised = Date.now();
    for (let look = 1; Date.now() < deadline; look += 1) {
      signal?.throwIfAborted();
      const mined = await this.find(this.#unseen);
      if (mined) {
        this.#tellMined(mined);
        return mined;
      }
      if (look % FOREIGN_LOOKS === 0) foreign = (await this.#countOf("latest")) > nonce ? foreign + 1 : 0;
      if (foreign >= FOREIGN_LOOKS) throw await this.#takenOver(call);
      if (Date.now() - raised >= bumpAfter && bumpAfter < receiptTimeout) {
        raised = Date.now();
        // It may have been mined just now, or the node be down: the next look tells.
        await this.#raise(call).catch(() => {});
      }
      await new Promise((resolve) => setTimeout(resolve, pollInterval));
    }
    this.#tell({ kind: "failed", reason: "not mined" });
    const last = this.#attemptsAt(nonce).at(-1);
    throw new Error(
      `transaction ${last?.hash} was not mined within ${receiptTimeout / 1000} s at ${formatGwei(last?.maxFeePerGas ?? 0n)} gwei`,
    );
  }

  /** The nonce is used, and not by what is waited for. */
  async #takenOver({ nonce }: Outgoing<T>): Promise<Error> {
    const waited = new Set(this.#unseen.map(({ hash }) => hash));
    this.#tell({ kind: "failed", reason: "taken over" });
    const own = this.#attemptsAt(nonce).filter(({ hash }) => !waited.has(hash));
    const receipts = await receiptsOf(this.#options.rpc, own);
    const earlier = own.find((_, index) => receipts[index] !== null);
    if (earlier)
      return new Error(`nonce ${nonce}: ${earlier.hash}, sent before, was mined in its place; looking again`);
    return new Error(
      `nonce ${nonce} was used by a transaction that is not this operator's: nothing else may send with its key; looking again`,
    );
  }

  #countOf(block: "latest"): Promise<number> {
    const { rpc, account } = this.#options;
    return rpc.call("eth_getTransactionCount", account.address, block).then((n) => Number(quantity.parse(n)));
  }

  #look(sent: Sent<T>): void {
    this.#unseen = [...this.#unseen.filter(({ hash }) => hash !== sent.hash), sent].slice(-MOST_UNSEEN);
  }

  #attemptsAt(nonce: number): readonly Attempt[] {
    return this.#options.journal?.at(nonce) ?? this.#offerings(nonce).attempts;
  }

  #offerings(nonce: number) {
    return this.#offered.nonce === nonce ? this.#offered : { nonce, attempts: [], outbid: null };
  }

  #remember(nonce: number, attempt: Attempt): void {
    const offerings = this.#offerings(nonce);
    this.#offered = { ...offerings, attempts: [...offerings.attempts, attempt] };
    this.#options.journal?.add(nonce, attempt);
  }

  #drop(nonce: number, hash: Hex): void {
    const offerings = this.#offerings(nonce);
    this.#offered = { ...offerings, attempts: offerings.attempts.filter((attempt) => attempt.hash !== hash) };
    this.#options.journal?.drop(nonce, hash);
  }

  #tellMined({ hash, receipt }: Mined<T>): void {
    const { attempts } = this.#offered;
    const first = attempts.some((attempt) => attempt.hash === hash) ? attempts[0] : undefined;
    this.#tell({ kind: "mined", hash, receipt, seconds: first ? (Date.now() - first.at) / 1000 : null });
  }

  #notice(message: string): void {
    this.#tell({ kind: "notice", message });
  }

  #tell(event: SenderEvent): void {
    this.#options.observe?.(event);
  }
}

/** A call on its way. */
interface Outgoing<T> {
  data: Hex;
  content: T;
  nonce: number;
  gas: bigint;
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

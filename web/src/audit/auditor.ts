// The check itself: events from an RPC into books, books beside the contract. It runs wherever fetch does.
import { type BookDeployment, type BookLog, type Books, Keeper } from "@gridx/contracts/books";
import type { Hex } from "viem";
import { Heads } from "./heads.ts";
import { type BlockMark, blockAt, pagesOf } from "./logs.ts";
import { createRpc, quantity, Refused, type Rpc } from "./rpc.ts";
import { checkState, headAt, type StateCheck } from "./views.ts";

export interface AuditSubject {
  rpcUrl: string;
  deployment: BookDeployment;
  startBlock: number;
  /** How far to stay behind the newest block, which may still be replaced. */
  confirmations: number;
}

export interface AuditProgress {
  /** All events up to it are counted in. */
  block: number;
  /** The block to reach, as far as it is known. */
  target: number;
  events: number;
}

/** An event that breaks one of the contract's own rules. */
export interface BrokenRule {
  block: number;
  logIndex: number;
  transactionHash: Hex;
  event: string;
  /** As the books say it. */
  text: string;
}

export interface AuditResult {
  block: number;
  events: number;
  /** Events that the ledger head commits to. */
  facts: number;
  /** The head that the events make, and the contract's. */
  head: Hex;
  headOnChain: Hex;
  /** Where they differ: the first block of which the RPC shows other events than happened; null where it can't be told. */
  apartAt: number | null;
  brokenRules: number;
  firstBroken: BrokenRule | null;
  /** Null where the RPC did not answer, with what it said. */
  state: StateCheck | null;
  stateRefused: string | null;
}

/** The ledger as the events make it, after a block. */
export interface LedgerAt {
  block: number;
  head: Hex;
  facts: number;
}

/** The RPC serves another chain than the contract's. */
export class OtherChain extends Error {
  override name = "OtherChain";
}
/** Blocks were replaced while they were read; what was read is of no use. */
export class Reorganised extends Error {
  override name = "Reorganised";
}

/** Read so near to the newest block, its state is asked for: public RPCs forget states after 128 blocks. */
const NEAR = 32;

/** Keeps what it has read: stopped, it goes on where it was. */
export class Auditor {
  readonly #subject: AuditSubject;
  readonly #keeper: Keeper;
  readonly #heads = new Heads();
  #done: number;
  #events = 0;
  #brokenRules = 0;
  #firstBroken: BrokenRule | null = null;
  #end: BlockMark | null = null;

  constructor(subject: AuditSubject) {
    this.#subject = subject;
    this.#done = subject.startBlock - 1;
    this.#keeper = new Keeper(subject.deployment, {
      problem: ({ log, eventName, text }) => this.#broken(log, eventName, text),
      block: (block, head) => this.#heads.set({ block, head, facts: this.#books.facts }),
    });
  }

  get #books(): Books {
    return this.#keeper.books;
  }

  #broken({ blockNumber, logIndex, transactionHash }: BookLog, event: string, text: string): void {
    this.#brokenRules += 1;
    this.#firstBroken ??= { block: blockNumber, logIndex, transactionHash, event, text };
  }

  async run(signal: AbortSignal, say: (progress: AuditProgress) => void): Promise<AuditResult> {
    const { rpcUrl, deployment, startBlock, confirmations } = this.#subject;
    const rpc = createRpc(rpcUrl, { signal });
    const chainId = quantity.parse(await rpc.call("eth_chainId"));
    if (chainId !== deployment.chainId) throw new OtherChain(`${chainId}`);
    for (let far = true; far; ) {
      const latest = await blockAt(rpc, "latest");
      const target = Math.max(this.#done, startBlock, latest.number - confirmations);
      far = target - this.#done > NEAR;
      await this.#read(rpc, target, say);
    }
    return this.#compare(rpc);
  }

  async #read(rpc: Rpc, target: number, say: (progress: AuditProgress) => void): Promise<void> {
    const before = this.#end;
    if (before && (await blockAt(rpc, before.number)).hash !== before.hash) throw new Reorganised();
    say({ block: this.#done, target, events: this.#events });
    for await (const { logs, upTo } of pagesOf(rpc, this.#subject.deployment.address, this.#done + 1, target)) {
      for (const log of logs) this.#keeper.add(log);
      this.#events += logs.length;
      this.#done = upTo;
      say({ block: upTo, target, events: this.#events });
    }
    this.#keeper.flush();
    this.#end = await blockAt(rpc, this.#done);
  }

  async #compare(rpc: Rpc): Promise<AuditResult> {
    const { address } = this.#subject.deployment;
    const [block, books] = [this.#done, this.#books];
    const { head, facts } = books;
    const headOnChain = await headAt(rpc, address, block);
    let state: StateCheck | null = null;
    let stateRefused: string | null = null;
    try {
      state = await checkState(rpc, books, block);
    } catch (cause) {
      if (!(cause instanceof Refused)) throw cause;
      stateRefused = cause.message;
    }
    if (this.#end && (await blockAt(rpc, block)).hash !== this.#end.hash) throw new Reorganised();
    const apartAt = head === headOnChain ? null : await this.#firstApart(rpc);
    return {
      ...{ block, events: this.#events, facts, head, headOnChain, apartAt, state, stateRefused },
      ...{ brokenRules: this.#brokenRules, firstBroken: this.#firstBroken },
    };
  }

  async #firstApart(rpc: Rpc): Promise<number | null> {
    const { startBlock, deployment } = this.#subject;
    try {
      const range = { first: startBlock, last: this.#done };
      return await this.#heads.firstApart(range, (block) => headAt(rpc, deployment.address, block));
    } catch (cause) {
      if (cause instanceof Refused) return null;
      throw cause;
    }
  }

  /** The ledger after a block, read on to it if need be; null before its first event, or where the RPC is not so far. */
  async ledgerAt(block: number, signal: AbortSignal): Promise<LedgerAt | null> {
    if (block > this.#done) {
      const rpc = createRpc(this.#subject.rpcUrl, { signal });
      if ((await blockAt(rpc, "latest")).number < block) return null;
      await this.#read(rpc, block, () => undefined);
    }
    const mark = this.#heads.at(block);
    return mark ? { block, head: mark.head, facts: mark.facts } : null;
  }
}

// Clears ended slots in order. The chain is the only memory: each step begins with what it says now.
import { setTimeout } from "node:timers/promises";
import { type Deployment, gridxAbi, slotOf, slotStart } from "@gridx/contracts";
import pRetry from "p-retry";
import { type Address, encodeFunctionData, type Hex } from "viem";
import { z } from "zod";
import { confirmationsOf, type Depth } from "../chain/confirmations.ts";
import { type Rules, readRules } from "../chain/contract.ts";
import { type Block, blockSchema, hex, latestBlock, type Receipt, RpcError, receiptsOf } from "../chain/rpc.ts";
import {
  isAboutGas,
  type Mined,
  type SenderEvent,
  Transactions,
  type TransactionsOptions,
} from "../chain/transactions.ts";
import { awaitDepth } from "./confirm.ts";
import type { ClearEvent } from "./events.ts";
import { Participants } from "./participants.ts";
import { planSlot, type SlotPlan } from "./plan.ts";
import { rehearse } from "./rehearse.ts";
import { settlementOf } from "./settlement.ts";
import { readSlot, type SlotState } from "./state.ts";
import { type Call, outcomeOf, Work } from "./work.ts";

export interface ClearerOptions extends Omit<TransactionsOptions, "chainId" | "to"> {
  deployment: Deployment;
  /**
   * Seconds for which missing readings are waited for, from a slot's end or, later, the first look of this run. By default
   * half the time until the shelf opens.
   */
  grace?: number | undefined;
  /** When a clearing counts as settled and the next slot's turn comes. */
  confirmations?: Depth | undefined;
  /** Most trades of a transaction: about 31,000 gas each, 54,000 where all is new to the contract. */
  mostPairs?: number | undefined;
  /** Tell what would be done and do nothing. */
  dryRun?: boolean | undefined;
  /** Who would clear, in a dry run; without it no call is tried. */
  rehearseAs?: Address | undefined;
  /** First slot to look at; by default what the chain's newest clearing and the trading window say. */
  from?: number | undefined;
  /** Milliseconds between looks at the height of the chain. */
  restInterval?: number | undefined;
  /** Milliseconds before the second attempt; the third waits twice as long, each stretched by up to as much again. */
  backoff?: number | undefined;
  emit: (event: ClearEvent) => void;
  /** Of each transaction that is seen to have settled something, or reverted: once. */
  onReceipt?: (receipt: Receipt, slot: number) => void;
}

export const MOST_PAIRS = 150;
const ATTEMPTS = 3;
/** Looks at a node that does not have what was seen mined, before it is taken for gone. */
const LAGS = 5;
const MOST_SEEN = 10_000;
/** Rounds in a row that settle nothing, after which a slot is left as it is. */
const IDLE_ROUNDS = 2;
/** What looking again does not help against. Of all else that the contract says the market has moved under the plan. */
const ADVICE: Record<string, string> = {
  EnforcedPause: "the contract is paused; clearing goes on once it is unpaused",
  AccessControlUnauthorizedAccount: "the key may not clear; grant it MARKET_OPERATOR_ROLE",
};

interface Round {
  rules: Rules;
  state: SlotState;
  plan: SlotPlan;
  /** Our next nonce at the block that the plan was made of. */
  nonce: number;
}

export class Clearer {
  readonly #options: ClearerOptions;
  readonly #transactions: Transactions<Call>;
  readonly #participants: Participants;
  readonly #confirmations: Depth;
  readonly #mostPairs: number;
  /** Transactions whose receipts were passed on. */
  readonly #seen = new Set<Hex>();
  #next: number | null = null;
  /** The chain's time at the first look. */
  #since: number | null = null;
  #work: Work;

  constructor(options: ClearerOptions) {
    const { rpc, deployment, confirmations, mostPairs = MOST_PAIRS } = options;
    if (!(mostPairs >= 1)) throw new Error(`a transaction makes at least one trade, not ${mostPairs}`);
    this.#options = options;
    this.#confirmations = confirmationsOf(deployment, confirmations);
    this.#mostPairs = mostPairs;
    this.#work = new Work(0, mostPairs);
    const observe = (event: SenderEvent) => {
      if (event.kind === "notice") this.#warn(event.message);
      options.observe?.(event);
    };
    const { chainId, address: to } = deployment;
    this.#transactions = new Transactions({ ...options, chainId, to, observe });
    this.#participants = new Participants(rpc, deployment);
  }

  /** The slot whose turn it is; null before the first look at the chain. */
  get next(): number | null {
    return this.#next;
  }

  /** Deals with all slots that are due; false if one waits for its readings. Throws when attempts have failed. */
  async turn(): Promise<boolean> {
    const { rpc, deployment } = this.#options;
    const { timestamp, number } = await latestBlock(rpc);
    this.#since ??= timestamp;
    const current = slotOf(timestamp, deployment.slotDuration);
    const next = await this.#start(current, number);
    for (let slot = next; slot < current; slot += 1) {
      if (!(await this.#clear(slot))) return false;
      this.#next = slot + 1;
    }
    return true;
  }

  /** Where to go on: at the newest slot that was cleared, perhaps in part, or where the trading window begins. */
  async #start(current: number, block: number): Promise<number> {
    const { rpc, deployment, emit } = this.#options;
    const { tradingWindow, lastClearing } = await readRules(rpc, deployment, block);
    const oldest = current - tradingWindow;
    this.#next ??= this.#options.from ?? null;
    if (this.#next === null) {
      const deployed = blockSchema.parse(
        await rpc.call("eth_getBlockByNumber", hex(deployment.startBlock), false),
      ).timestamp;
      const first = Math.max(oldest, slotOf(deployed, deployment.slotDuration));
      this.#next = lastClearing.slot > 0 ? lastClearing.slot : first;
    }
    if (this.#next < oldest) {
      const fromSlot = Math.max(this.#next, lastClearing.slot + 1);
      if (fromSlot < oldest) emit({ event: "expired", fromSlot, toSlot: oldest - 1 });
      this.#next = oldest;
    }
    return this.#next;
  }

  /** Sees one slot through: plans, calls, and plans again until nothing is left. False if it waits for readings. */
  async #clear(slot: number): Promise<boolean> {
    const { emit, dryRun, deployment } = this.#options;
    if (this.#work.slot !== slot) this.#work = new Work(slot, this.#mostPairs);
    const work = this.#work;
    for (let idle = 0; ; ) {
      const round = await this.#persist(() => this.#look(work));
      if (round === "waiting") return false;
      const { rules, state, plan } = round;
      const { clearing, parts } = plan;
      const lastSlot = rules.lastClearing.slot;
      if (lastSlot > slot) {
        if (clearing.energyWh > 0n) emit({ event: "passed", slot, lastSlot });
        return true;
      }
      if (dryRun) {
        const { rehearseAs: from } = this.#options;
        const { rpc } = this.#options;
        const rehearsal = from ? await this.#persist(() => rehearse(rpc, deployment, { slot, plan, from })) : null;
        const settledWh = state.cleared.energyWh;
        emit({ event: "planned", slot, ...clearing, calls: parts.length, settledWh, rehearsal });
        return true;
      }
      work.plannedWh ??= clearing.energyWh;
      if (parts.length > 0 && idle < IDLE_ROUNDS) idle = (await this.#attempt(work, round)) ? 0 : idle + 1;
      else if (await this.#isDeep(work)) {
        emit(outcomeOf(work, deployment, state, plan));
        return true;
      } else idle = 0;
    }
  }

  /** What the chain says now, and what there is to do about it. */
  async #look(work: Work): Promise<Round | "waiting"> {
    const { rpc, deployment, account } = this.#options;
    const { slot } = work;
    const block = await this.#head(work);
    // At that block: should one of our transactions be mined in between, the plan is sent under a nonce that is used.
    const count = await rpc.call("eth_getTransactionCount", account.address, hex(block.number));
    await this.#participants.follow(block.number);
    const rules = await readRules(rpc, deployment, block.number);
    if (!(await this.#isReady(work, block, rules))) return "waiting";
    const { sellers, buyers } = this.#participants;
    const state = await readSlot(rpc, deployment, { slot, sellers, buyers, block: block.number, rules });
    // All that the chain has of the slot, whoever saw it mined: another run of ours, or none, as its answer was lost.
    for (const receipt of state.cleared.receipts) {
      const hash = receipt.transactionHash;
      this.#record({ hash, receipt, content: work.mined.get(hash)?.content ?? { slot, part: null } });
    }
    const earlier = await this.#transactions.recovered();
    if (earlier) this.#record(earlier);
    return { rules, state, plan: planSlot(state, work.mostPairs), nonce: Number(z.string().parse(count)) };
  }

  /** The newest block of a node that has what was seen mined. */
  async #head(work: Work): Promise<Block> {
    const { rpc, signal, restInterval = 2_000 } = this.#options;
    for (let look = 1; ; look += 1) {
      const block = await latestBlock(rpc);
      const ahead = [...work.mined.values()].filter(({ receipt }) => receipt.blockNumber > block.number);
      if (ahead.length === 0) return block;
      if (look > LAGS) throw new Error(`the node lags: it is at block ${block.number}, before what was mined`);
      // A chain that was shortened looks the same, until it has been so for a while.
      if (look === LAGS) {
        const receipts = await receiptsOf(rpc, ahead);
        this.#forget(
          work,
          ahead.filter((_, index) => receipts[index] === null),
        );
      } else await setTimeout(restInterval, undefined, { signal });
    }
  }

  /** Whether all readings are in, or need no longer be waited for. */
  async #isReady(work: Work, { number, timestamp }: Block, rules: Rules): Promise<boolean> {
    const { rpc, deployment, emit, grace } = this.#options;
    const { slot } = work;
    if (rules.lastClearing.slot >= slot || work.waitedInVain) return true;
    const missing = await work.readiness.missing(rpc, deployment, this.#participants, number);
    if (missing.length === 0) return true;
    const { slotDuration } = deployment;
    const seconds = grace ?? (Math.max(1, rules.shelfDelaySlots) * slotDuration) / 2;
    const since = Math.max(slotStart(slot + 1, slotDuration), this.#since ?? 0);
    // Half a slot before it can't be cleared any more, what is there is better than nothing.
    const lastChance = slotStart(slot + rules.tradingWindow + 1, slotDuration) - slotDuration / 2;
    if (timestamp < Math.min(since + seconds, lastChance)) return false;
    work.waitedInVain = true;
    emit({ event: "late", slot, missing });
    return true;
  }

  /** One round of calls; false if it settled nothing. After a failure only another look tells what became of them. */
  async #attempt(work: Work, round: Round): Promise<boolean> {
    const { signal, backoff = 500 } = this.#options;
    const { slot } = work;
    try {
      const progress = await this.#submit(work, round);
      work.failures = 0;
      return progress;
    } catch (error) {
      if (signal?.aborted || !(error instanceof Error)) throw error;
      const most = Math.max(...round.plan.parts.map(({ pairs }) => pairs.length));
      if (isAboutGas(error) && most > 1) {
        work.mostPairs = Math.ceil(most / 2);
        this.#warn(`slot ${slot}: ${error.message}; trying ${work.mostPairs} trades at a time`);
        return true;
      }
      if (error instanceof RpcError && error.reverted) {
        const advice = ADVICE[error.errorName ?? ""];
        if (advice) throw new Error(`${error.message}: ${advice}`);
        this.#warn(`slot ${slot}: ${error.message}; looking again`);
        return false;
      }
      work.failures += 1;
      this.#warn(`slot ${slot}, attempt ${work.failures}: ${error.message}`);
      if (work.failures >= ATTEMPTS) {
        work.failures = 0;
        throw error;
      }
      await setTimeout(backoff * 2 ** (work.failures - 1), undefined, { signal });
      return true;
    }
  }

  /** Makes the calls of a plan one after another; true if they settled something. */
  async #submit(work: Work, { plan, nonce }: Round): Promise<boolean> {
    const { slot } = work;
    let progress = false;
    for (const [index, part] of plan.parts.entries()) {
      // At least 1 Wh: a call that settled nothing would fix the slot's price for nothing. More would let whoever buys a Wh
      // of a lot just before, or a bidder who withdraws, stop everybody's trade.
      const args = [slot, plan.clearing.pricePerKwh, part.asks, part.bids, 1n] as const;
      const data = encodeFunctionData({ abi: gridxAbi, functionName: "clearSlot", args });
      const mined = await this.#transactions.submit(data, { slot, part }, nonce + index);
      this.#record(mined);
      if (!mined.receipt.status) {
        this.#warn(`slot ${slot}: transaction ${mined.hash} reverted`);
        return progress;
      }
      work.failures = 0;
      progress ||= settlementOf(this.#options.deployment, mined.receipt, mined.content.slot).energyWh > 0n;
      // An earlier attempt's turned out to be there: the plan did not know it.
      if (mined.content.part !== part) return true;
    }
    return progress;
  }

  #record(mined: Mined<Call>): void {
    const { hash, receipt, content } = mined;
    if (receipt.status && content.slot === this.#work.slot) this.#work.mined.set(hash, mined);
    if (this.#seen.has(hash)) return;
    this.#seen.add(hash);
    if (this.#seen.size > MOST_SEEN)
      for (const oldest of [...this.#seen].slice(0, MOST_SEEN / 2)) this.#seen.delete(oldest);
    this.#options.onReceipt?.(receipt, content.slot);
  }

  /** Waits until the slot's transactions are deep enough; false if one has vanished, as a reorganisation does. */
  async #isDeep(work: Work): Promise<boolean> {
    const { rpc, signal, restInterval: interval = 2_000 } = this.#options;
    const persist = <R>(attempt: () => Promise<R>) => this.#persist(attempt);
    const confirmations = this.#confirmations;
    const vanished = await awaitDepth(work.mined, { rpc, confirmations, interval, persist, signal });
    this.#forget(work, vanished);
    return vanished.length === 0;
  }

  #forget(work: Work, vanished: readonly Mined<Call>[]): void {
    for (const transaction of vanished) {
      this.#warn(`transaction ${transaction.hash} is off the chain; its slot is looked at again`);
      work.mined.delete(transaction.hash);
      this.#transactions.lost(transaction);
    }
  }

  #warn(message: string): void {
    this.#options.emit({ event: "warning", message });
  }

  #persist<R>(attempt: () => Promise<R>): Promise<R> {
    const { signal, backoff = 500 } = this.#options;
    return pRetry(attempt, {
      retries: ATTEMPTS - 1,
      factor: 2,
      minTimeout: backoff,
      randomize: true,
      signal,
      onFailedAttempt: ({ error, attemptNumber }) => {
        if (!signal?.aborted) this.#warn(`attempt ${attemptNumber}: ${error.message}`);
      },
    });
  }
}

// Clears ended slots in order. The chain is the only memory: each step begins with what it says now.
import { type Deployment, gridxAbi, slotOf, slotStart } from "@gridx/contracts";
import pRetry from "p-retry";
import { encodeFunctionData, type Hex } from "viem";
import { z } from "zod";
import { type Block, blockSchema, hex, latestBlock, type Receipt, RpcError } from "../chain/rpc.ts";
import { type Mined, Transactions, type TransactionsOptions } from "../chain/transactions.ts";
import type { ClearEvent } from "./events.ts";
import type { Part } from "./pairs.ts";
import { Participants } from "./participants.ts";
import { planSlot, type SlotPlan } from "./plan.ts";
import { readiness } from "./readiness.ts";
import { receiptsBy } from "./receipts.ts";
import { settlementOf } from "./settlement.ts";
import { query, readSlot, type SlotState } from "./state.ts";

export interface ClearerOptions extends Omit<TransactionsOptions, "chainId" | "to"> {
  deployment: Deployment;
  /** Seconds after a slot's end for which missing readings are waited for. By default half the time until the shelf opens. */
  grace?: number;
  /** Blocks, its own included, after which a clearing counts as settled and the next slot's turn comes. */
  confirmations?: number;
  /** Most trades of a transaction: about 31,000 gas each. */
  mostPairs?: number;
  /** Tell what would be done and do nothing. */
  dryRun?: boolean;
  /** First slot to look at; by default what the chain's newest clearing and the trading window say. */
  from?: number;
  /** Milliseconds before the second attempt; the third waits twice as long, each stretched by up to as much again. */
  backoff?: number;
  emit: (event: ClearEvent) => void;
  onReceipt?: (receipt: Receipt, slot: number) => void;
}

const LOCAL_CHAIN = 31337;
/** About two minutes on Polygon, beyond which a block there is not expected to be replaced. */
const CONFIRMATIONS = 64;
const MOST_PAIRS = 300;
const ATTEMPTS = 3;
/** Rounds in a row that settle nothing, after which a slot is left as it is. */
const IDLE_ROUNDS = 2;
/** The market has moved under a plan: another look tells what is left to do. */
const OVERTAKEN = /ClearingBelowMinimum|SlotAlreadyPassed|ClearingPriceFixed|SlotNotClearable/;

interface Call {
  slot: number;
  part: Part;
}

interface Round {
  state: SlotState;
  plan: SlotPlan;
  /** Our next nonce at the block that the plan was made of. */
  nonce: number;
}

export class Clearer {
  readonly #options: ClearerOptions;
  readonly #transactions: Transactions<Call>;
  readonly #participants: Participants;
  readonly #confirmations: number;
  #next: number | null = null;
  /** What this run has done about the slot whose turn it is; a turn that fails does not forget it. */
  #work: Work = workOn(0);

  constructor(options: ClearerOptions) {
    const { rpc, deployment, confirmations = deployment.chainId === LOCAL_CHAIN ? 1 : CONFIRMATIONS } = options;
    if (confirmations < 1) throw new Error("a clearing needs at least one confirmation");
    this.#options = options;
    this.#confirmations = confirmations;
    this.#transactions = new Transactions({ ...options, chainId: deployment.chainId, to: deployment.address });
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
    const questions = [{ name: "marketParameters" }, { name: "lastClearing" }];
    const [rules, last] = await query(rpc, deployment, block, questions);
    const { tradingWindow } = z.object({ tradingWindow: z.number() }).parse(rules);
    const { slot: lastSlot } = z.object({ slot: z.number() }).parse(last);
    const oldest = current - tradingWindow;
    this.#next ??= this.#options.from ?? null;
    if (this.#next === null) {
      const deployed = blockSchema.parse(
        await rpc.call("eth_getBlockByNumber", hex(deployment.startBlock), false),
      ).timestamp;
      this.#next = lastSlot > 0 ? lastSlot : Math.max(oldest, slotOf(deployed, deployment.slotDuration));
    }
    if (this.#next < oldest) {
      const fromSlot = Math.max(this.#next, lastSlot + 1);
      if (fromSlot < oldest) emit({ event: "expired", fromSlot, toSlot: oldest - 1 });
      this.#next = oldest;
    }
    return this.#next;
  }

  /** Sees one slot through: plans, calls, and plans again until nothing is left. False if it waits for readings. */
  async #clear(slot: number): Promise<boolean> {
    const { emit, dryRun } = this.#options;
    if (this.#work.slot !== slot) this.#work = workOn(slot);
    const done = this.#work;
    for (let idle = 0; ; ) {
      const round = await this.#persist(() => this.#look(slot));
      if (round === "waiting") return false;
      const { state, plan } = round;
      const { clearing, parts } = plan;
      if (state.lastSlot > slot) {
        if (clearing.energyWh > 0n) emit({ event: "passed", slot, lastSlot: state.lastSlot });
        return true;
      }
      if (dryRun) {
        const calls = parts.length;
        emit({ event: "planned", slot, ...clearing, calls, settledWh: state.cleared.energyWh });
        return true;
      }
      if (done.mined.length === 0) done.plannedWh = clearing.energyWh - state.cleared.energyWh;
      if (parts.length > 0 && idle < IDLE_ROUNDS) {
        idle = (await this.#persist(() => this.#submit(slot, round))) ? 0 : idle + 1;
      } else if (await this.#confirmed(done)) {
        this.#tell(slot, state, done, parts);
        return true;
      } else idle = 0;
    }
  }

  /** What the chain says now, and what there is to do about it. */
  async #look(slot: number): Promise<Round | "waiting"> {
    const { rpc, deployment, account, mostPairs = MOST_PAIRS } = this.#options;
    // The nonce first: should one of our transactions be mined in between, the plan is sent under a nonce that is used.
    const [count, head] = await rpc.batch([
      { method: "eth_getTransactionCount", params: [account.address, "latest"] },
      { method: "eth_getBlockByNumber", params: ["latest", false] },
    ]);
    const block = blockSchema.parse(head);
    await this.#participants.follow(block.number);
    if (!(await this.#isReady(slot, block))) return "waiting";
    const { sellers, buyers } = this.#participants;
    const state = await readSlot(rpc, deployment, { slot, sellers, buyers, block: block.number });
    // After the state, so that what it counts as settled is known to be ours.
    const earlier = await this.#transactions.recovered();
    if (earlier) this.#record(slot, earlier);
    return { state, plan: planSlot(state, mostPairs), nonce: Number(z.string().parse(count)) };
  }

  /** Whether all readings are in, or need no longer be waited for. */
  async #isReady(slot: number, { number, timestamp }: Block): Promise<boolean> {
    const { rpc, deployment, emit, grace } = this.#options;
    const { meters } = this.#participants;
    const { missing, lastSlot, shelfDelaySlots } = await readiness(rpc, deployment, { meters, slot, block: number });
    if (missing.length === 0 || lastSlot >= slot || this.#work.waitedInVain) return true;
    const seconds = grace ?? (Math.max(1, shelfDelaySlots) * deployment.slotDuration) / 2;
    if (timestamp < slotStart(slot + 1, deployment.slotDuration) + seconds) return false;
    this.#work.waitedInVain = true;
    emit({ event: "late", slot, missing });
    return true;
  }

  /** Makes the calls of a plan one after another; true if they settled something. */
  async #submit(slot: number, { plan, nonce }: Round): Promise<boolean> {
    const { deployment, emit } = this.#options;
    let progress = false;
    for (const [index, part] of plan.parts.entries()) {
      // At least 1 Wh: a call that settled nothing would fix the slot's price for nothing. More would let whoever buys a Wh
      // of a lot just before, or a bidder who withdraws, stop everybody's trade.
      const args = [slot, plan.clearing.pricePerKwh, part.asks, part.bids, 1n] as const;
      const data = encodeFunctionData({ abi: gridxAbi, functionName: "clearSlot", args });
      let mined: Mined<Call>;
      try {
        mined = await this.#transactions.submit(data, { slot, part }, nonce + index);
      } catch (error) {
        if (!(error instanceof RpcError && OVERTAKEN.test(error.message))) throw error;
        emit({ event: "warning", message: `slot ${slot}: ${error.message}; looking again` });
        return progress;
      }
      this.#record(slot, mined);
      if (!mined.receipt.status) {
        emit({ event: "warning", message: `slot ${slot}: transaction ${mined.hash} reverted` });
        return progress;
      }
      progress ||= settlementOf(deployment, mined.receipt, mined.content.slot).energyWh > 0n;
      // An earlier attempt's turned out to be there: the plan did not know it.
      if (mined.content.part !== part) return true;
    }
    return progress;
  }

  #record(slot: number, mined: Mined<Call>): void {
    this.#options.onReceipt?.(mined.receipt, mined.content.slot);
    if (mined.receipt.status && mined.content.slot === slot) this.#work.mined.push(mined);
  }

  /** Waits until the slot's transactions are deep enough; false if one has vanished, as a reorganisation does. */
  async #confirmed(done: Work): Promise<boolean> {
    const { rpc, emit, signal, pollInterval = 250 } = this.#options;
    while (done.mined.length > 0) {
      signal?.throwIfAborted();
      const receipts = await this.#persist(() =>
        receiptsBy(
          rpc,
          done.mined.map(({ hash }) => hash),
        ),
      );
      const vanished = done.mined.filter((_, index) => !receipts[index]?.status);
      if (vanished.length > 0) {
        for (const { hash } of vanished)
          emit({ event: "warning", message: `transaction ${hash} is off the chain; its slot is looked at again` });
        done.mined = done.mined.filter((mined) => !vanished.includes(mined));
        return false;
      }
      const newest = Math.max(...receipts.map((receipt) => receipt?.blockNumber ?? 0));
      const { number } = await this.#persist(() => latestBlock(rpc));
      if (number >= newest + this.#confirmations - 1) return true;
      await new Promise((resolve) => setTimeout(resolve, pollInterval));
    }
    return true;
  }

  #tell(slot: number, { market, cleared }: SlotState, { mined, plannedWh }: Work, open: readonly Part[]): void {
    const { deployment, emit } = this.#options;
    if (mined.length === 0) {
      // What another run of ours, or another operator, cleared has been told there.
      if (cleared.energyWh === 0n) emit({ event: "nothing", slot, asks: market.asks.length, bids: market.bids.length });
      return;
    }
    const settlements = mined.map(({ receipt }) => settlementOf(deployment, receipt, slot));
    const trades = settlements.flatMap(({ trades }) => trades);
    emit({
      event: "cleared",
      slot,
      pricePerKwh: trades[0]?.pricePerKwh ?? 0n,
      energyWh: settlements.reduce((sum, { energyWh }) => sum + energyWh, 0n),
      plannedWh,
      trades: trades.length,
      transactions: mined.map(({ hash }): Hex => hash),
      skipped: settlements.flatMap(({ skipped }) => skipped),
      leftWh: open.reduce((sum, { pairs }) => pairs.reduce((wh, { energyWh }) => wh + energyWh, sum), 0n),
    });
  }

  #persist<R>(attempt: () => Promise<R>): Promise<R> {
    const { emit, signal, backoff = 500 } = this.#options;
    return pRetry(attempt, {
      retries: ATTEMPTS - 1,
      factor: 2,
      minTimeout: backoff,
      randomize: true,
      signal,
      onFailedAttempt: ({ error, attemptNumber }) => {
        if (!signal?.aborted) emit({ event: "warning", message: `attempt ${attemptNumber}: ${error.message}` });
      },
    });
  }
}

interface Work {
  slot: number;
  mined: Mined<Call>[];
  /** Wh that the first plan wanted of it. */
  plannedWh: bigint;
  /** The grace time is over, and its message was given. */
  waitedInVain: boolean;
}

const workOn = (slot: number): Work => ({ slot, mined: [], plannedWh: 0n, waitedInVain: false });

// The days that follow the history, at the pace of the chain's clock. Readings go through the relay's queue; a slot is
// cleared once its readings are on the chain; what households still lack then they buy when the slot's shelf opens, as
// people may.
import { slotOf, slotStart } from "@gridx/contracts";
import { z } from "zod";
import { type Block, type ChainLog, hex, latestBlock, logSchema } from "../chain/rpc.ts";
import type { ReadingQueue } from "../relay/queue.ts";
import { Relay } from "../relay/relay.ts";
import type { Submission } from "../relay/submitter.ts";
import { adjustAsks } from "./asks.ts";
import { adjustBids } from "./bids.ts";
import { LiveClearing } from "./clearing.ts";
import { needsOf, signReadings } from "./households.ts";
import { planBaskets } from "./market.ts";
import { runClock } from "./miner.ts";
import { refusalOf } from "./output.ts";
import { Purchases } from "./purchases.ts";
import type { World } from "./world.ts";

export interface LiveOptions {
  queue: ReadingQueue;
  stateDir: string;
  /** Seconds of the world between blocks. */
  blockTime: number;
  /** Seconds of the chain's clock in one of the world. */
  speed: number;
  /** Slots to play before the flush; null plays on. */
  slots: number | null;
}

/** One slot between its end and the last of its purchases. */
interface OpenSlot {
  slot: number;
  /** Of the history: cleared there, its shelf opens only now. */
  isHistory: boolean;
  /** Households have thought their bids over since it was cleared. */
  bidsChanged: boolean;
  waiting: Set<string>;
  attested: number;
  rejected: number;
  exportedWh: bigint;
  /** Block of the last of its readings. */
  settledIn: number;
  rounds: number;
}

/** A basket that lost a race is planned once more. */
const ROUNDS = 2;
const FLUSH_MILLISECONDS = 120_000;
const RELAY_REST_MILLISECONDS = 3_000;

export class LivePlay {
  readonly #world: World;
  readonly #options: LiveOptions;
  readonly #relay: Relay;
  readonly #purchases: Purchases;
  readonly #clearing: LiveClearing;
  readonly #open = new Map<number, OpenSlot>();
  #next: number;
  #seen: number;
  #running = false;
  #ended = false;
  #slowed = false;
  #draining: Promise<void> | null = null;
  #restUntil = 0;

  constructor(world: World, options: LiveOptions, seenBlock: number) {
    const { rpc, operator, deployment, plan, signal, emit } = world;
    this.#world = world;
    this.#options = options;
    this.#next = plan.liveSlot;
    this.#seen = seenBlock;
    this.#purchases = new Purchases(world);
    this.#clearing = new LiveClearing(world);
    const openHistory = Math.max(plan.firstSlot, plan.liveSlot - world.shelfDelaySlots);
    for (let slot = openHistory; slot < plan.liveSlot; slot += 1) this.#opens(slot, new Set());
    this.#relay = new Relay({
      queue: options.queue,
      folder: options.stateDir,
      rpc,
      account: operator.account,
      deployment,
      signal,
      pollInterval: 100,
      onSubmission: (submission) => this.#settle(submission),
      onFailure: (error, attempt) => {
        if (!signal.aborted) emit({ event: "warning", message: `relay, attempt ${attempt}: ${error.message}` });
      },
    });
  }

  /** The first slot that has not ended. */
  get nextSlot(): number {
    return this.#next;
  }

  /** Slots that were played to their end. */
  get slotsPlayed(): number {
    const open = [...this.#open.values()].filter(({ isHistory }) => !isHistory);
    return this.#next - this.#world.plan.liveSlot - open.length;
  }

  /** Plays until the slots asked for are done, or until the signal. */
  async run(): Promise<void> {
    const { signal, emit } = this.#world;
    const { blockTime, speed } = this.#options;
    const { plan, shelfDelaySlots } = this.#world;
    const end = new AbortController();
    const clearing = this.#clearing.run(end.signal);
    const patience = FLUSH_MILLISECONDS + (shelfDelaySlots * plan.slotDuration * 1000) / speed;
    const pause = Math.min(200, (blockTime * 1000) / 10);
    let down = false;
    let deadline: number | null = null;
    while (!signal.aborted) {
      try {
        await this.#step();
        down = false;
      } catch (error) {
        if (signal.aborted) break;
        // One warning an outage; the queue keeps what it has.
        if (!down) emit({ event: "warning", message: error instanceof Error ? error.message : String(error) });
        down = true;
      }
      if (this.#isFinished()) {
        deadline ??= Date.now() + patience;
        if (this.#open.size === 0 && this.#options.queue.size === 0 && this.#purchases.outstanding === 0) break;
        if (Date.now() > deadline) {
          emit({
            event: "warning",
            message: `${this.#open.size} slots could not be settled within ${Math.round(patience / 1000)} s`,
          });
          break;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    end.abort();
    await Promise.all([this.#draining, clearing]);
  }

  #isFinished(): boolean {
    const { slots } = this.#options;
    return slots !== null && (this.#ended || this.#next >= this.#world.plan.liveSlot + slots);
  }

  async #step(): Promise<void> {
    const { rpc, plan } = this.#world;
    const { blockTime, speed } = this.#options;
    if (!this.#running) await runClock(rpc, blockTime, blockTime * speed);
    this.#running = true;
    const block = await latestBlock(rpc);
    if (block.number > this.#seen) await this.#follow(block);
    const current = slotOf(block.timestamp, plan.slotDuration);
    while (this.#next < current && !this.#isFinished() && !this.#ended) await this.#endSlot(this.#next);
    this.#drain();
    await this.#purchases.check(block.number);
    for (const open of [...this.#open.values()]) await this.#trade(open, current, block.number);
    if (!this.#ended || this.#slowed || this.#open.size > 0) return;
    // So that what is unsold does not expire at once.
    await runClock(rpc, blockTime, blockTime);
    this.#slowed = true;
  }

  async #follow(block: Block): Promise<void> {
    const { rpc, deployment, book } = this.#world;
    const range = { fromBlock: hex(this.#seen + 1), toBlock: hex(block.number) };
    const found = await rpc.call("eth_getLogs", { address: deployment.address, ...range });
    const logs: ChainLog[] = z.array(logSchema).parse(found);
    book.apply(logs);
    this.#seen = block.number;
  }

  /** A slot is over: its meters speak, and at the end of a day asks are thought over. */
  async #endSlot(slot: number): Promise<void> {
    const { households, neighbourhood, deployment, plan, emit } = this.#world;
    if (plan.endSlot !== null && slot >= plan.endSlot) {
      this.#ended = true;
      emit({ event: "ended", slot, message: "the data end here; the chain goes on at the world's pace" });
      return;
    }
    for (const note of neighbourhood.notes) {
      const { house, kind, from, to, hours } = note;
      if (note.fromSlot === slot) emit({ event: "note", house, kind, from, to, hours });
    }
    const readings = await signReadings(households, neighbourhood, deployment, slot);
    this.#options.queue.put(readings.map(({ meter, exportWh, signature }) => ({ meter, slot, exportWh, signature })));
    this.#opens(slot, new Set(readings.map(({ meter }) => meter.toLowerCase())));
    this.#next = slot + 1;
    await this.#purchases.send(slot, await adjustAsks(this.#world, slot + 1));
  }

  #opens(slot: number, waiting: Set<string>): void {
    const isHistory = slot < this.#world.plan.liveSlot;
    const counts = { attested: 0, rejected: 0, exportedWh: 0n, settledIn: 0, rounds: 0, bidsChanged: false };
    this.#open.set(slot, { slot, isHistory, waiting, ...counts });
  }

  #drain(): void {
    if (this.#draining || this.#options.queue.size === 0 || Date.now() < this.#restUntil) return;
    this.#draining = this.#relay.drain().then(({ failure }) => {
      this.#draining = null;
      if (!failure || this.#world.signal.aborted) return;
      this.#restUntil = Date.now() + RELAY_REST_MILLISECONDS;
      const message = `${this.#options.queue.size} readings stay in the queue: ${failure.message}`;
      this.#world.emit({ event: "warning", message });
    });
  }

  #settle({ outcomes, receipt }: Submission): void {
    const { tally, emit } = this.#world;
    tally.spent("attest", receipt);
    for (const outcome of outcomes) {
      if (outcome.kind === "early") continue;
      const { meter, slot, exportWh } = outcome.reading;
      const open = this.#open.get(slot);
      open?.waiting.delete(meter.toLowerCase());
      if (open) open.settledIn = Math.max(open.settledIn, receipt.blockNumber);
      if (outcome.kind === "attested") {
        tally.read(meter, slot, exportWh);
        if (!open) continue;
        open.attested += 1;
        open.exportedWh += exportWh;
      } else {
        tally.rejected += 1;
        if (open) open.rejected += 1;
        emit({ event: "warning", message: refusalOf(meter, slot, exportWh, outcome.reason) });
      }
    }
  }

  async #trade(open: OpenSlot, current: number, block: number): Promise<void> {
    const { players, neighbourhood, book, plan, feeBps, prices, emit } = this.#world;
    const { slot } = open;
    if (open.waiting.size > 0 || open.settledIn > this.#seen || this.#purchases.isWaiting(slot)) return;
    const cleared = this.#clearing.resultOf(slot);
    if (!open.isHistory && (!this.#clearing.isDone(slot) || cleared.block > this.#seen)) return;
    if (!open.isHistory && !open.bidsChanged) {
      open.bidsChanged = true;
      // A new bid does not serve the slots before it: changed earlier, it would miss this clearing.
      await this.#purchases.send(slot, await adjustBids(this.#world, slot + 1));
    }
    if (current < slot + 1 + this.#world.shelfDelaySlots) return;
    const { boughtWh, purchases, reverted, lost } = this.#purchases.resultOf(slot);
    // After a first round without a lost race there is nothing to repeat.
    const again = open.rounds > 0 && open.rounds < ROUNDS && lost > 0;
    if (open.rounds === 0 || again) {
      open.rounds += 1;
      const needs = needsOf(players, neighbourhood, slot, (buyer, of) => book.boughtWh(buyer, of));
      const ready = needs.filter(({ buyer }) => this.#purchases.isReady(buyer));
      const live = current - slot <= this.#world.deployment.ringLength;
      const baskets = live ? planBaskets(slot, ready, book.offers(slot), { seed: plan.seed, feeBps, prices }) : [];
      if (baskets.length > 0) {
        await this.#purchases.buy(slot, baskets, block);
        return;
      }
    }
    this.#open.delete(slot);
    this.#purchases.forget(slot);
    this.#clearing.forget(slot);
    if (open.isHistory) return;
    const { attested, rejected, exportedWh } = open;
    const start = slotStart(slot, plan.slotDuration);
    const queued = this.#options.queue.size;
    const { pricePerKwh, energyWh: clearedWh, skipped } = cleared;
    const clearing = { pricePerKwh, clearedWh, skipped };
    const shelf = { boughtWh, purchases, reverted };
    emit({ event: "slot", slot, start, attested, rejected, exportedWh, ...clearing, ...shelf, queued });
  }
}

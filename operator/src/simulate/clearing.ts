// The `clear` service beside the live play.
import { Clearer } from "../clear/clearer.ts";
import type { ClearEvent } from "../clear/events.ts";
import { type Settlement, settlementOf } from "../clear/settlement.ts";
import type { World } from "./world.ts";

const REST_MILLISECONDS = 100;
const REST_AFTER_FAILURE_MILLISECONDS = 300;

export interface ClearedSlot {
  pricePerKwh: bigint;
  energyWh: bigint;
  /** Lines that the contract passed over. */
  skipped: number;
  /** Block of the last of its transactions. */
  block: number;
}

export class LiveClearing {
  readonly #world: World;
  readonly #clearer: Clearer;
  readonly #slots = new Map<number, ClearedSlot>();

  constructor(world: World) {
    const { rpc, clearer, deployment, plan, signal, tally, shelfDelaySlots } = world;
    this.#world = world;
    this.#clearer = new Clearer({
      rpc,
      account: clearer.account,
      deployment,
      signal,
      pollInterval: 100,
      restInterval: 100,
      backoff: 100,
      from: plan.liveSlot,
      // The blocks of a fast clock are slots apart, so readings come late by it: until the shelf opens is soon enough.
      grace: Math.max(1, shelfDelaySlots) * plan.slotDuration,
      emit: (event) => this.#tell(event),
      onReceipt: (receipt, slot) => {
        tally.spent("clear", receipt);
        if (receipt.status) this.#book(slot, settlementOf(deployment, receipt, slot), receipt.blockNumber);
      },
    });
  }

  isDone(slot: number): boolean {
    return this.#clearer.next !== null && this.#clearer.next > slot;
  }

  resultOf(slot: number): ClearedSlot {
    return this.#slots.get(slot) ?? { pricePerKwh: 0n, energyWh: 0n, skipped: 0, block: 0 };
  }

  forget(slot: number): void {
    this.#slots.delete(slot);
  }

  /** Clears until told to end. */
  async run(end: AbortSignal): Promise<void> {
    const { signal, emit } = this.#world;
    let down = false;
    while (!signal.aborted && !end.aborted) {
      let rest = REST_MILLISECONDS;
      try {
        await this.#clearer.turn();
        down = false;
      } catch (error) {
        if (signal.aborted) return;
        if (!down) emit({ event: "warning", message: `clear: ${error instanceof Error ? error.message : error}` });
        down = true;
        rest = REST_AFTER_FAILURE_MILLISECONDS;
      }
      await new Promise((resolve) => setTimeout(resolve, rest));
    }
  }

  #book(slot: number, { trades, energyWh, skipped }: Settlement, block: number): void {
    const { tally, byAddress } = this.#world;
    // What people bid for by hand is none of the households' purchases.
    for (const trade of trades) if (byAddress.has(trade.buyer)) tally.bought({ ...trade, slot, cleared: true });
    const before = this.resultOf(slot);
    const pricePerKwh = trades[0]?.pricePerKwh ?? before.pricePerKwh;
    this.#slots.set(slot, {
      pricePerKwh,
      energyWh: before.energyWh + energyWh,
      skipped: before.skipped + skipped.length,
      block: Math.max(block, before.block),
    });
  }

  #tell(event: ClearEvent): void {
    const { emit } = this.#world;
    const warn = (message: string) => emit({ event: "warning", message: `clear: ${message}` });
    if (event.event === "warning") warn(event.message);
    else if (event.event === "passed") warn(`slot ${event.slot} can't be cleared after slot ${event.lastSlot}`);
    else if (event.event === "expired") warn(`slots ${event.fromSlot} to ${event.toSlot} were not cleared in time`);
  }
}

// Purchases on their way: sent without waiting, then looked for in each new block.
import { parseGridxLogs } from "@gridx/contracts";
import type { Address } from "viem";
import { type Receipt, receiptsOf } from "../chain/rpc.ts";
import { buyIntent, type Household, type Intent } from "./households.ts";
import type { Basket } from "./market.ts";
import { nonceOf, send } from "./miner.ts";
import type { World } from "./world.ts";

/** A transaction that is in none of so many blocks is sent again. */
const PATIENCE_BLOCKS = 3;

interface Sent {
  intent: Intent;
  slot: number;
  /** null for what is no purchase. */
  basket: Basket | null;
  sentIn: number;
}

interface SlotResult {
  boughtWh: bigint;
  purchases: number;
  reverted: number;
  /** Baskets that brought nothing since the last round. */
  lost: number;
}

export class Purchases {
  readonly #world: World;
  readonly #results = new Map<number, SlotResult>();
  /** Households whose next nonce has to be asked for. */
  readonly #unsure = new Set<Household>();
  #sent: Sent[] = [];
  #block = 0;

  constructor(world: World) {
    this.#world = world;
  }

  get outstanding(): number {
    return this.#sent.length;
  }

  isWaiting(slot: number): boolean {
    return this.#sent.some((sent) => sent.slot === slot && sent.basket !== null);
  }

  isReady(buyer: Address): boolean {
    const household = this.#world.byAddress.get(buyer);
    return household !== undefined && !this.#unsure.has(household);
  }

  resultOf(slot: number): SlotResult {
    return this.#results.get(slot) ?? { boughtWh: 0n, purchases: 0, reverted: 0, lost: 0 };
  }

  forget(slot: number): void {
    this.#results.delete(slot);
  }

  async buy(slot: number, baskets: readonly Basket[], block: number): Promise<void> {
    this.#results.set(slot, { ...this.resultOf(slot), lost: 0 });
    this.#block = block;
    const sent: Sent[] = [];
    for (const basket of baskets) {
      const sender = this.#world.byAddress.get(basket.buyer);
      if (!sender) continue;
      sent.push({ intent: await buyIntent(sender.owner, this.#world.deployment, basket), slot, basket, sentIn: block });
    }
    await this.#send(sent);
  }

  /** Transactions other than purchases. */
  async send(slot: number, intents: readonly Intent[]): Promise<void> {
    await this.#send(intents.map((intent) => ({ intent, slot, basket: null, sentIn: this.#block })));
  }

  async #send(sent: Sent[]): Promise<void> {
    if (sent.length === 0) return;
    // Before the answer is known they count as sent: an answer that is lost must not make a household buy twice.
    this.#sent.push(...sent);
    const errors = await send(
      this.#world.rpc,
      sent.map(({ intent }) => intent),
    );
    for (const [index, error] of errors.entries()) {
      const refused = sent[index];
      // Without an answer it may have arrived.
      if (!error?.answered || !refused) continue;
      this.#sent = this.#sent.filter((item) => item !== refused);
      this.#lose(refused, `${refused.intent.kind} was not taken: ${error.message}`);
    }
  }

  /** Looks for what was sent in the blocks up to this one. */
  async check(block: number): Promise<void> {
    const { rpc } = this.#world;
    if (block > this.#block && this.#sent.length > 0) {
      const sent = this.#sent;
      const receipts = await receiptsOf(
        rpc,
        sent.map(({ intent }) => intent),
      );
      this.#sent = sent.filter((item, index) => {
        const receipt = receipts[index];
        if (receipt) this.#settle(item, receipt);
        return !receipt;
      });
      await this.#sendAgain(block);
    }
    this.#block = block;
    for (const household of this.#unsure) {
      const [latest, pending] = await Promise.all([
        nonceOf(rpc, household.owner.address, "latest"),
        nonceOf(rpc, household.owner.address, "pending"),
      ]);
      if (latest !== pending) continue;
      household.owner.nonce = latest;
      this.#unsure.delete(household);
    }
  }

  /**
   * What may not have arrived goes out again as it was signed. It is never given up: one that waits behind a gap of
   * nonces would be mined when the gap is filled, and its household would have bought twice.
   */
  async #sendAgain(block: number): Promise<void> {
    const late = this.#sent.filter(({ sentIn }) => block - sentIn > PATIENCE_BLOCKS);
    if (late.length === 0) return;
    for (const item of late) item.sentIn = block;
    const again = late.map(({ intent }) => intent);
    await send(this.#world.rpc, again);
    this.#world.emit({ event: "warning", message: `${again.length} transactions were not mined and are sent again` });
  }

  #settle({ intent, slot, basket }: Sent, receipt: Receipt): void {
    const { tally } = this.#world;
    tally.spent(intent.kind, receipt);
    if (!basket) return;
    const result = this.resultOf(slot);
    if (!receipt.status) {
      this.#results.set(slot, { ...result, reverted: result.reverted + 1, lost: result.lost + 1 });
      return;
    }
    let boughtWh = 0n;
    for (const log of parseGridxLogs(receipt.logs)) {
      if (log.eventName !== "EnergyTradeLogged") continue;
      const { seller, buyer, energyWh, pricePerKwh } = log.args;
      boughtWh += energyWh;
      tally.bought({ seller, buyer, slot: log.args.slot, energyWh, pricePerKwh, cleared: false });
    }
    const sum = { boughtWh: result.boughtWh + boughtWh, purchases: result.purchases + 1 };
    this.#results.set(slot, { ...result, ...sum });
  }

  #lose({ intent, slot, basket }: Sent, message: string): void {
    const sender = this.#world.byAddress.get(intent.from);
    const result = this.resultOf(slot);
    if (basket) this.#results.set(slot, { ...result, lost: result.lost + 1 });
    if (sender) this.#unsure.add(sender);
    this.#world.emit({ event: "warning", message });
  }
}

import { parseGridxLogs } from "@gridx/contracts";
import type { Address } from "viem";
import type { ChainLog } from "../chain/rpc.ts";
import type { Offer } from "./market.ts";

interface LotState {
  attestedWh: bigint;
  soldWh: bigint;
  ask: bigint;
}

/** Slots that are kept: enough for the longest trading window and a day to look back on. */
const KEPT = 300;

/** Lots and purchases by slot, as far as households look back: their view of the market. */
export class Book {
  readonly #lots = new Map<number, Map<Address, LotState>>();
  readonly #bought = new Map<number, Map<Address, bigint>>();

  attest(seller: Address, slot: number, exportWh: bigint, ask: bigint): void {
    const lots = this.#lots.get(slot) ?? new Map<Address, LotState>();
    const lot = lots.get(seller);
    if (lot) lot.attestedWh += exportWh;
    else if (exportWh > 0n) lots.set(seller, { attestedWh: exportWh, soldWh: 0n, ask });
    this.#lots.set(slot, lots);
    this.#lots.delete(slot - KEPT);
    this.#bought.delete(slot - KEPT);
  }

  trade(seller: Address, buyer: Address, slot: number, energyWh: bigint): void {
    const lot = this.#lots.get(slot)?.get(seller);
    if (lot) lot.soldWh += energyWh;
    const bought = this.#bought.get(slot) ?? new Map<Address, bigint>();
    bought.set(buyer, (bought.get(buyer) ?? 0n) + energyWh);
    this.#bought.set(slot, bought);
  }

  /** Follows the chain; logs in order, each once. */
  apply(logs: readonly ChainLog[]): void {
    for (const log of parseGridxLogs(logs)) {
      if (log.eventName === "EnergyAttested") {
        this.attest(log.args.seller, log.args.slot, log.args.exportWh, log.args.ask);
      } else if (log.eventName === "EnergyTradeLogged") {
        this.trade(log.args.seller, log.args.buyer, log.args.slot, log.args.energyWh);
      } else if (log.eventName === "LotAskSet") {
        const lot = this.#lots.get(log.args.slot)?.get(log.args.seller);
        if (lot) lot.ask = log.args.pricePerKwh;
      }
    }
  }

  offers(slot: number): Offer[] {
    return [...(this.#lots.get(slot) ?? [])].map(([seller, { attestedWh, soldWh, ask }]) => ({
      seller,
      availableWh: attestedWh - soldWh,
      ask,
    }));
  }

  boughtWh(buyer: Address, slot: number): bigint {
    return this.#bought.get(slot)?.get(buyer) ?? 0n;
  }

  /** What a seller exported and sold from one slot up to, not with, another. */
  salesOf(seller: Address, fromSlot: number, toSlot: number): { exportedWh: bigint; soldWh: bigint } {
    const sum = { exportedWh: 0n, soldWh: 0n };
    for (let slot = fromSlot; slot < toSlot; slot += 1) {
      const lot = this.#lots.get(slot)?.get(seller);
      sum.exportedWh += lot?.attestedWh ?? 0n;
      sum.soldWh += lot?.soldWh ?? 0n;
    }
    return sum;
  }
}

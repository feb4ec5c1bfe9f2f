// The operator's own account of what it did, kept apart from what the chain says, so that the two can be compared.
import { carbonGramsOf, feeOf, paymentOf } from "@gridx/contracts";
import type { Address } from "viem";
import type { Receipt } from "../chain/rpc.ts";
import type { Intent } from "./households.ts";

export interface GasUse {
  transactions: number;
  reverted: number;
  gasUsed: bigint;
}

/** A purchase as the operator reckons it. */
export interface OwnTrade {
  seller: Address;
  buyer: Address;
  slot: number;
  energyWh: bigint;
  pricePerKwh: bigint;
  /** By a clearing; otherwise from the shelf. */
  cleared: boolean;
  payment: bigint;
  fee: bigint;
  carbonGrams: bigint;
}

export class Tally {
  /** Readings that landed: Wh by `meter/slot`. */
  readonly attested = new Map<string, bigint>();
  rejected = 0;
  readonly trades: OwnTrade[] = [];
  readonly gas = new Map<Intent["kind"], GasUse>();
  /** Money that households were given. */
  readonly minted = new Map<Address, bigint>();

  readonly #feeBps: bigint;
  readonly #gramsPerMwh: bigint;

  constructor({ feeBps, gramsPerMwh }: { feeBps: bigint; gramsPerMwh: bigint }) {
    this.#feeBps = feeBps;
    this.#gramsPerMwh = gramsPerMwh;
  }

  read(meter: Address, slot: number, exportWh: bigint): void {
    this.attested.set(readingKey(meter, slot), exportWh);
  }

  /** Money and carbon of a purchase from the contract's rules, not from its events. */
  bought(trade: Pick<OwnTrade, "seller" | "buyer" | "slot" | "energyWh" | "pricePerKwh" | "cleared">): void {
    const payment = paymentOf(trade.energyWh, trade.pricePerKwh);
    const fee = feeOf(payment, this.#feeBps);
    this.trades.push({ ...trade, payment, fee, carbonGrams: carbonGramsOf(trade.energyWh, this.#gramsPerMwh) });
  }

  spent(kind: Intent["kind"], receipt: Receipt): void {
    const use = this.gas.get(kind) ?? { transactions: 0, reverted: 0, gasUsed: 0n };
    use.transactions += 1;
    use.reverted += receipt.status ? 0 : 1;
    use.gasUsed += receipt.gasUsed;
    this.gas.set(kind, use);
  }
}

export const readingKey = (meter: Address, slot: number): string => `${meter.toLowerCase()}/${slot}`;

export const lotKey = (seller: Address, slot: number): string => `${seller}/${slot}`;

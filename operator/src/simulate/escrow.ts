import { feeOf, paymentOf } from "@gridx/contracts";
import type { Address } from "viem";

/** Balances of the households' accounts while the history is planned, so that no bid counts for more than it can pay. */
export class Escrow {
  readonly #balances = new Map<Address, bigint>();
  readonly #feeBps: bigint;

  constructor(feeBps: bigint) {
    this.#feeBps = feeBps;
  }

  balanceOf(account: Address): bigint {
    return this.#balances.get(account) ?? 0n;
  }

  deposit(account: Address, amount: bigint): void {
    this.#balances.set(account, this.balanceOf(account) + amount);
  }

  /** A direct purchase pulls from the wallet what the account lacks. */
  trade(seller: Address, buyer: Address, energyWh: bigint, pricePerKwh: bigint): void {
    const payment = paymentOf(energyWh, pricePerKwh);
    const left = this.balanceOf(buyer) - payment - feeOf(payment, this.#feeBps);
    this.#balances.set(buyer, left < 0n ? 0n : left);
    this.deposit(seller, payment);
  }
}

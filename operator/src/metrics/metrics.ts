// What `/metrics` of the operator's services shows. No label names a meter, a wallet or an address.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { SenderEvent } from "../chain/transactions.ts";
import type { ClearEvent } from "../clear/events.ts";
import type { RelayEvent } from "../relay/follow.ts";

const GWEI = 1e9;
const COIN = 1e18;

export interface ChainState {
  /** Of each RPC by its name; null for one that does not answer. */
  heads: readonly { rpc: string; block: number | null }[];
  /** Unix seconds of the newest block. */
  timestamp: number | null;
  finalizedBlock: number | null;
  baseFee: bigint | null;
  tip: bigint | null;
  balance: bigint | null;
  tradesLastHour: number | null;
}

export class OperatorMetrics {
  readonly registry = new Registry();
  readonly #registers = [this.registry];

  readonly #lag = this.#gauge("operator_chain_lag_blocks", "Blocks that an RPC is behind the newest of the list", [
    "rpc",
  ]);
  readonly #up = this.#gauge("operator_rpc_up", "1 where an RPC answers, 0 where it does not", ["rpc"]);
  readonly #head = this.#gauge("operator_chain_head_block", "Newest block of any RPC");
  readonly #age = this.#gauge("operator_chain_head_age_seconds", "Age of the newest block by this machine's clock");
  readonly #unfinal = this.#gauge(
    "operator_chain_unfinalized_blocks",
    "Blocks between the newest final one and the newest",
  );
  readonly #price = this.#gauge(
    "operator_gas_price_gwei",
    "Price of gas: the base fee now (base), the tip that a node suggests (tip), what the last transaction paid (paid)",
    ["kind"],
  );
  readonly #money = this.#gauge(
    "operator_gas_money_coins",
    "What the operator's account has for gas, in the chain's coin",
  );
  readonly #confirmation = new Histogram({
    name: "operator_confirmation_seconds",
    help: "From a transaction's first sending to its block",
    buckets: [1, 2, 4, 8, 15, 30, 60, 120, 300, 600],
    registers: this.#registers,
  });
  readonly #transactions = this.#counter(
    "operator_transactions_total",
    "Transactions mined, and attempts that failed: reverted, reverts (by estimate), refused, too_dear, taken_over, not_mined",
    ["outcome"],
  );
  readonly #replaced = this.#counter(
    "operator_transactions_replaced_total",
    "Transactions sent again at a higher price",
  );
  readonly #gasSpent = this.#counter("operator_gas_spent_coins_total", "Paid for gas, in the chain's coin");
  readonly #readings = this.#counter(
    "operator_readings_total",
    "Readings accepted by the chain, or rejected for good",
    ["outcome"],
  );
  readonly #queue = this.#gauge("operator_readings_queued", "Readings that wait in the queue");
  readonly #clearings = this.#counter(
    "operator_clearings_total",
    "Slots dealt with: made, nothing to trade, missed (another slot was cleared after them, or nobody cleared them in time)",
    ["outcome"],
  );
  readonly #lastSlot = this.#gauge("operator_last_cleared_slot", "Newest slot that was cleared and is settled");
  readonly #cleared = this.#counter("operator_cleared_energy_wh_total", "Energy traded by clearings");
  readonly #trades = this.#gauge(
    "operator_trades_last_hour",
    "Trades of the last hour of the chain, shelf and clearings",
  );
  readonly #silent = this.#gauge(
    "operator_meters_silent",
    "Meters that had not spoken when the newest slot was dealt with",
  );
  readonly #warnings = this.#counter("operator_warnings_total", "Warnings told");
  readonly #equal = this.#gauge(
    "operator_ledger_head_equal",
    "1 where the events make the contract's ledger head, 0 where not",
  );
  readonly #findings = this.#gauge("operator_audit_findings", "What the last audit found wrong");
  readonly #auditBlock = this.#gauge("operator_audit_block", "Block of the last audit that could check");
  readonly #auditTime = this.#gauge(
    "operator_audit_timestamp_seconds",
    "When the last audit could check, Unix seconds",
  );
  readonly #auditFailed = this.#counter("operator_audits_failed_total", "Audits that could not check");
  /** Slots with silent meters that are not dealt with yet. */
  #late: { slot: number; silent: number } | null = null;

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    for (const outcome of ["mined", "reverted", "reverts", "refused", "too_dear", "taken_over", "not_mined"])
      this.#transactions.inc({ outcome }, 0);
    for (const outcome of ["accepted", "rejected"]) this.#readings.inc({ outcome }, 0);
    for (const outcome of ["made", "nothing", "missed"]) this.#clearings.inc({ outcome }, 0);
    // A gauge that nobody has set would say 0, which is a figure; absent is what is known.
    for (const gauge of this.#unknown()) gauge.remove();
  }

  sender(event: SenderEvent): void {
    if (event.kind === "sent") {
      if (event.replaces) this.#replaced.inc();
    } else if (event.kind === "failed") {
      this.#transactions.inc({ outcome: event.reason.replaceAll(" ", "_") });
    } else if (event.kind === "mined") {
      const { status, gasUsed, effectiveGasPrice } = event.receipt;
      this.#transactions.inc({ outcome: status ? "mined" : "reverted" });
      if (event.seconds !== null) this.#confirmation.observe(event.seconds);
      if (effectiveGasPrice == null) return;
      this.#price.set({ kind: "paid" }, Number(effectiveGasPrice) / GWEI);
      this.#gasSpent.inc(Number(gasUsed * effectiveGasPrice) / COIN);
    }
  }

  clear(event: ClearEvent): void {
    if (event.event === "cleared" || event.event === "nothing") {
      this.#silent.set(this.#late?.slot === event.slot ? this.#late.silent : 0);
      this.#clearings.inc({ outcome: event.event === "cleared" ? "made" : "nothing" });
      if (event.event === "nothing") return;
      this.#lastSlot.set(event.slot);
      this.#cleared.inc(Number(event.energyWh));
    } else if (event.event === "late") this.#late = { slot: event.slot, silent: event.missing.length };
    else if (event.event === "passed") this.#clearings.inc({ outcome: "missed" });
    else if (event.event === "expired") this.#clearings.inc({ outcome: "missed" }, event.toSlot - event.fromSlot + 1);
    else if (event.event === "warning") this.#warnings.inc();
  }

  relay(event: RelayEvent): void {
    if (event.event === "submitted") {
      this.#readings.inc({ outcome: "accepted" }, event.attested);
      this.#readings.inc({ outcome: "rejected" }, event.rejected);
      this.#queue.set(event.queued);
    } else if (event.event === "queued") this.#readings.inc({ outcome: "rejected" }, event.skipped);
    else if (event.event === "warning") this.#warnings.inc();
  }

  chain(
    { heads, timestamp, finalizedBlock, baseFee, tip, balance, tradesLastHour }: ChainState,
    now = Date.now(),
  ): void {
    const newest = Math.max(-1, ...heads.map(({ block }) => block ?? -1));
    for (const { rpc, block } of heads) {
      this.#up.set({ rpc }, block === null ? 0 : 1);
      if (block === null) this.#lag.remove({ rpc });
      else this.#lag.set({ rpc }, newest - block);
    }
    if (newest >= 0) this.#head.set(newest);
    if (timestamp !== null) this.#age.set(Math.max(0, now / 1_000 - timestamp));
    if (finalizedBlock !== null && newest >= 0) this.#unfinal.set(Math.max(0, newest - finalizedBlock));
    if (baseFee !== null) this.#price.set({ kind: "base" }, Number(baseFee) / GWEI);
    if (tip !== null) this.#price.set({ kind: "tip" }, Number(tip) / GWEI);
    if (balance !== null) this.#money.set(Number(balance) / COIN);
    if (tradesLastHour !== null) this.#trades.set(tradesLastHour);
  }

  /** What an audit said; null where it could not check. */
  audit(result: { headEqual: boolean; findings: number; block: number } | null, now = Date.now()): void {
    if (!result) {
      this.#auditFailed.inc();
      return;
    }
    this.#equal.set(result.headEqual ? 1 : 0);
    this.#findings.set(result.findings);
    this.#auditBlock.set(result.block);
    this.#auditTime.set(now / 1_000);
  }

  #unknown(): Gauge[] {
    const audits = [this.#equal, this.#findings, this.#auditBlock, this.#auditTime];
    const chain = [this.#head, this.#age, this.#unfinal, this.#money, this.#trades];
    return [...audits, ...chain, this.#queue, this.#lastSlot, this.#silent];
  }

  #gauge<L extends string = never>(name: string, help: string, labelNames: L[] = []): Gauge<L> {
    return new Gauge<L>({ name, help, labelNames, registers: this.#registers });
  }

  #counter<L extends string = never>(name: string, help: string, labelNames: L[] = []): Counter<L> {
    return new Counter<L>({ name, help, labelNames, registers: this.#registers });
  }
}

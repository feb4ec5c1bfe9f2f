import { type Deployment, parseGridxLogs, skipReasons } from "@gridx/contracts";
import type { Address } from "viem";
import type { Receipt } from "../chain/rpc.ts";
import type { Pair } from "./pairs.ts";

export interface Skipped {
  participant: Address;
  reason: (typeof skipReasons)[number];
}

/** What one call of `clearSlot` did. */
export interface Settlement {
  trades: (Pair & { pricePerKwh: bigint; feePaid: bigint })[];
  energyWh: bigint;
  skipped: Skipped[];
}

/** Trades and skipped lines of a slot's clearing; throws if its events contradict each other. */
export function settlementOf({ address }: Pick<Deployment, "address">, receipt: Receipt, slot: number): Settlement {
  const own = receipt.logs.filter((log) => log.address === address.toLowerCase());
  const settlement: Settlement = { trades: [], energyWh: 0n, skipped: [] };
  let said: { energyWh: bigint; trades: number; pricePerKwh: bigint } | null = null;
  for (const log of parseGridxLogs(own)) {
    if (log.eventName === "EnergyTradeLogged" && log.args.slot === slot) {
      const { seller, buyer, energyWh, pricePerKwh, feePaid } = log.args;
      settlement.trades.push({ seller, buyer, energyWh, pricePerKwh, feePaid });
      settlement.energyWh += energyWh;
    } else if (log.eventName === "FillSkipped" && log.args.slot === slot) {
      const { participant, reason } = log.args;
      settlement.skipped.push({ participant, reason: skipReasons[reason] ?? "None" });
    } else if (log.eventName === "SlotCleared" && log.args.slot === slot) said = log.args;
  }
  const { transactionHash } = receipt;
  if (!said) throw new Error(`transaction ${transactionHash} cleared nothing of slot ${slot}`);
  const { pricePerKwh, energyWh, trades } = said;
  const agree = energyWh === settlement.energyWh && trades === settlement.trades.length;
  if (!agree || settlement.trades.some((trade) => trade.pricePerKwh !== pricePerKwh)) {
    throw new Error(`transaction ${transactionHash}: its trades are not what it says of slot ${slot}`);
  }
  return settlement;
}

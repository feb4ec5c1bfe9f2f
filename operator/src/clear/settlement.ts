import { type Deployment, parseGridxLogs, skipReasons } from "@gridx/contracts";
import type { Address } from "viem";
import type { Receipt } from "../chain/rpc.ts";
import type { Pair } from "./pairs.ts";

export interface Skipped {
  participant: Address;
  reason: (typeof skipReasons)[number];
}

/** What the calls of `clearSlot` in one transaction did. */
export interface Settlement {
  trades: (Pair & { pricePerKwh: bigint; feePaid: bigint })[];
  energyWh: bigint;
  skipped: Skipped[];
}

/** Trades and skipped lines of a slot's clearing; throws if its events contradict each other. */
export function settlementOf({ address }: Pick<Deployment, "address">, receipt: Receipt, slot: number): Settlement {
  const own = receipt.logs.filter((log) => log.address === address.toLowerCase());
  const { transactionHash } = receipt;
  const settlement: Settlement = { trades: [], energyWh: 0n, skipped: [] };
  const said = { calls: 0, energyWh: 0n, trades: 0, pricePerKwh: 0n };
  for (const log of parseGridxLogs(own)) {
    if (log.eventName === "EnergyTradeLogged" && log.args.slot === slot) {
      const { seller, buyer, energyWh, pricePerKwh, feePaid } = log.args;
      settlement.trades.push({ seller, buyer, energyWh, pricePerKwh, feePaid });
      settlement.energyWh += energyWh;
    } else if (log.eventName === "FillSkipped" && log.args.slot === slot) {
      const { participant, reason } = log.args;
      settlement.skipped.push({ participant, reason: skipReasons[reason] ?? "None" });
    } else if (log.eventName === "SlotCleared" && log.args.slot === slot) {
      // Several calls for one slot may be in one transaction.
      const { energyWh, trades, pricePerKwh } = log.args;
      if (said.calls > 0 && said.pricePerKwh !== pricePerKwh)
        throw new Error(`transaction ${transactionHash}: two prices of slot ${slot}`);
      Object.assign(said, { calls: said.calls + 1, pricePerKwh });
      said.energyWh += energyWh;
      said.trades += trades;
    }
  }
  if (said.calls === 0) throw new Error(`transaction ${transactionHash} cleared nothing of slot ${slot}`);
  const { pricePerKwh, energyWh, trades } = said;
  const agree = energyWh === settlement.energyWh && trades === settlement.trades.length;
  if (!agree || settlement.trades.some((trade) => trade.pricePerKwh !== pricePerKwh)) {
    throw new Error(`transaction ${transactionHash}: its trades are not what it says of slot ${slot}`);
  }
  return settlement;
}

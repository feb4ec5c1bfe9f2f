import { priceWithFee, slotOf, slotStart } from "@gridx/contracts";
import type { Address } from "viem";
import { gridxAbi, gridxCallAbi } from "../../chain/abi.ts";
import { wordsOf } from "../../chain/contractErrors.ts";
import { readPaused } from "../../chain/reads.ts";
import { t } from "../../i18n/t.ts";
import { PlanError } from "../explain.ts";
import type { Call, Plan } from "../flow.ts";
import { type PurchaseOrder, purchaseFigures, purchaseRows } from "../orders/purchase.ts";
import { checkWallet, type PlanContext, payingSteps } from "./context.ts";
import { permittedCall } from "./permitted.ts";

/** A signature may take this long, in the reader's seconds. */
const SIGNING_SECONDS = 180;

export interface LotMoment {
  newestLotSlot: number;
  slotDuration: number;
  /** Chain time, and how much faster than the reader's it runs. */
  now: number;
  clockSpeed: number;
}

/**
 * `logEnergyTrade` buys from whatever lot is the seller's newest when it is mined; it is used only where that is
 * sure to be this one until the signature is given. Else `buyEnergy` names the lot.
 */
export function isNewestForAWhile(slot: number, moment: LotMoment): boolean {
  if (moment.newestLotSlot !== slot) return false;
  const nextLotFrom = slotStart(slot + 2, moment.slotDuration);
  return (nextLotFrom - moment.now) / moment.clockSpeed >= SIGNING_SECONDS;
}

function purchaseCall(contract: Address, buyer: Address, order: PurchaseOrder, moment: LotMoment): Call {
  const { seller, slot, energyWh } = order;
  const pricePerKwh = priceWithFee(order.ask, BigInt(order.feeBps));
  const gridx = { address: contract, abi: gridxCallAbi };
  if (isNewestForAWhile(slot, moment)) {
    return { ...gridx, functionName: "logEnergyTrade", args: [seller, buyer, energyWh, pricePerKwh] };
  }
  return { ...gridx, functionName: "buyEnergy", args: [[{ seller, slot, energyWh, pricePerKwh }], energyWh] };
}

export function purchasePlan(context: PlanContext, order: PurchaseOrder): Plan {
  const { site, reader } = context;
  const { deployment, format, config } = site;
  const figures = purchaseFigures(order);
  const { seller, slot, energyWh } = order;
  return {
    title: t("tx.plan.buy", { energy: format.kwh(energyWh) }),
    figures: purchaseRows(order, format),
    purchase: true,
    success: t("tx.plan.buy.success", { energy: format.kwh(energyWh) }),
    async prepare(account, means) {
      if (account === seller) throw new PlanError(t("tx.error.selfTrade"));
      const gridx = { address: deployment.address, abi: gridxAbi } as const;
      const [quote, allowanceWh, emergency, rules, paused, sellerState, block, wallet] = await Promise.all([
        reader.readContract({ ...gridx, functionName: "quoteOf", args: [seller, slot] }),
        reader.readContract({ ...gridx, functionName: "allowanceOf", args: [account] }),
        reader.readContract({ ...gridx, functionName: "emergency" }),
        reader.readContract({ ...gridx, functionName: "marketParameters" }),
        readPaused(reader, deployment.address),
        reader.readContract({ ...gridx, functionName: "sellerOf", args: [seller] }),
        reader.getBlock(),
        checkWallet(context, account),
      ]);
      const [availableWh, ask] = quote;
      const now = Number(block.timestamp);
      // The contract's own words, before anything is signed.
      const refuse = (error: string, args: readonly unknown[]) => {
        throw new PlanError(wordsOf(error, args, { format, now }) ?? error);
      };
      // A permit would be signed in vain: the call itself is tried after it.
      if (paused) refuse("EnforcedPause", []);
      const opensAtSlot = slot + 1 + rules.shelfDelaySlots;
      if (slotOf(now, deployment.slotDuration) < opensAtSlot) refuse("ShelfClosed", [seller, slot, opensAtSlot]);
      if (emergency.endsAt > 0 && ask > emergency.priceCap) refuse("PriceAboveCap", [ask, emergency.priceCap]);
      if (availableWh === 0n) throw new PlanError(t("tx.plan.buy.gone"));
      if (availableWh < energyWh) {
        const [left, wanted] = [format.kwh(availableWh), format.kwh(energyWh)];
        throw new PlanError(t("tx.error.insufficientEnergy", { left, wanted }));
      }
      if (energyWh > allowanceWh) refuse("AllowanceExceeded", [account, energyWh, allowanceWh]);
      if (ask > order.ask || rules.feeBps > order.feeBps) {
        throw new PlanError(t("tx.plan.buy.changed"));
      }
      const missing = figures.total > wallet.balance ? figures.total - wallet.balance : 0n;
      const { slotDuration } = deployment;
      const clockSpeed = config.demo?.clockSpeed ?? 1;
      const moment = { newestLotSlot: sellerState.newestLotSlot, slotDuration, now, clockSpeed };
      const call = purchaseCall(deployment.address, account, order, moment);
      const step = { label: t("tx.plan.buy", { energy: format.kwh(energyWh) }), call };
      const withPermit = permittedCall(deployment.address, missing, call);
      return payingSteps(context, { account, wallet, amount: missing, step, withPermit }, means);
    },
  };
}

import { priceWithFee, slotOf } from "@gridx/contracts";
import { gridxAbi, gridxCallAbi } from "../../chain/abi.ts";
import { wordsOf } from "../../chain/contractErrors.ts";
import { readPaused } from "../../chain/reads.ts";
import { least } from "../../figures/extremes.ts";
import { t } from "../../i18n/t.ts";
import { PlanError } from "../explain.ts";
import type { Call, Plan } from "../flow.ts";
import { type BasketLine, type BasketOrder, basketFigures, basketRows } from "../orders/basket.ts";
import { checkWallet, type PlanContext, payingSteps } from "./context.ts";
import { permittedCall } from "./permitted.ts";

/** Buys from several lots in one call: of each what is still there, never above the price that was agreed to. */
export function basketPlan(context: PlanContext, order: BasketOrder): Plan {
  const { site, reader } = context;
  const { deployment, format } = site;
  const { lines, allOrNothing, feeBps } = order;
  const wanted = basketFigures(order).energyWh;
  const label = t("tx.plan.buy", { energy: format.kwh(wanted) });
  return {
    title: label,
    figures: basketRows(order, format),
    purchase: true,
    success: allOrNothing ? t("tx.plan.basket.all") : t("tx.plan.basket.rest"),
    async prepare(account, means) {
      const gridx = { address: deployment.address, abi: gridxAbi } as const;
      const [quotes, allowanceWh, emergency, rules, paused, block, wallet] = await Promise.all([
        Promise.all(
          lines.map(({ seller, slot }) =>
            reader.readContract({ ...gridx, functionName: "quoteOf", args: [seller, slot] }),
          ),
        ),
        reader.readContract({ ...gridx, functionName: "allowanceOf", args: [account] }),
        reader.readContract({ ...gridx, functionName: "emergency" }),
        reader.readContract({ ...gridx, functionName: "marketParameters" }),
        readPaused(reader, deployment.address),
        reader.getBlock(),
        checkWallet(context, account),
      ]);
      const now = Number(block.timestamp);
      if (paused) throw new PlanError(t("tx.error.paused"));
      if (rules.feeBps > feeBps) throw new PlanError(t("tx.plan.buy.changed"));
      const current = slotOf(now, deployment.slotDuration);
      const buyable = (line: BasketLine, ask: bigint) =>
        line.seller !== account &&
        ask <= line.ask &&
        current >= line.slot + 1 + rules.shelfDelaySlots &&
        !(emergency.endsAt > 0 && ask > emergency.priceCap);
      const there = lines.flatMap((line, index) => {
        const [availableWh = 0n, ask = 0n] = quotes[index] ?? [];
        const energyWh = least(availableWh, line.energyWh);
        return energyWh > 0n && buyable(line, ask) ? [{ ...line, energyWh }] : [];
      });
      const left = basketFigures({ ...order, lines: there });
      if (left.energyWh === 0n) throw new PlanError(t("tx.plan.basket.gone"));
      if (left.energyWh > allowanceWh) {
        const error = ["AllowanceExceeded", [account, left.energyWh, allowanceWh]] as const;
        throw new PlanError(wordsOf(...error, { format, now }) ?? error[0]);
      }
      if (allOrNothing && left.energyWh < wanted) {
        throw new PlanError(t("tx.plan.basket.short", { left: format.kwh(left.energyWh), wanted: format.kwh(wanted) }));
      }
      const missing = left.total > wallet.balance ? left.total - wallet.balance : 0n;
      const call = basketCall(deployment.address, order, wanted);
      const withPermit = permittedCall(deployment.address, missing, call);
      return payingSteps(context, { account, wallet, amount: missing, step: { label, call }, withPermit }, means);
    },
  };
}

/** All lines as they were agreed to: one that is gone for now may be there again when the call is mined. */
function basketCall(address: Call["address"], { lines, allOrNothing, feeBps }: BasketOrder, wanted: bigint): Call {
  const purchases = lines.map(({ seller, slot, energyWh, ask }) => {
    return { seller, slot, energyWh, pricePerKwh: priceWithFee(ask, BigInt(feeBps)) };
  });
  return { address, abi: gridxCallAbi, functionName: "buyEnergy", args: [purchases, allOrNothing ? wanted : 1n] };
}

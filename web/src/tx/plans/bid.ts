import { gridxAbi, gridxCallAbi } from "../../chain/abi.ts";
import { t } from "../../i18n/t.ts";
import { PlanError } from "../explain.ts";
import type { Plan } from "../flow.ts";
import { type BidOrder, bidFigures } from "../orders/bid.ts";
import { checkWallet, type PlanContext } from "./context.ts";

/** Sets the standing bid, from the present slot on. */
export function bidPlan(context: PlanContext, bid: BidOrder, feeBps: number): Plan {
  const { site, reader } = context;
  const { deployment, format } = site;
  const { sellerPrice, slotCost } = bidFigures(bid, feeBps);
  const { perKwh } = format;
  const most = format.kwh(bid.maxWhPerSlot);
  return {
    title: t("tx.plan.bid", { price: perKwh(bid.pricePerKwh) }),
    figures: [
      { label: t("tx.plan.bid.most"), value: perKwh(bid.pricePerKwh) },
      { label: t("tx.plan.bid.seller"), value: perKwh(sellerPrice) },
      { label: t("tx.plan.bid.energy"), value: most },
      { label: t("tx.plan.bid.cost"), value: format.exactMoney(slotCost) },
    ],
    success: t("tx.plan.bid.success", { energy: most, price: perKwh(bid.pricePerKwh) }),
    async prepare(account) {
      const gridx = { address: deployment.address, abi: gridxAbi } as const;
      const [{ minPrice, maxPrice, membersOnly }, { tier }] = await Promise.all([
        reader.readContract({ ...gridx, functionName: "marketParameters" }),
        reader.readContract({ ...gridx, functionName: "participantOf", args: [account] }),
        checkWallet(context, account),
      ]);
      if (bid.pricePerKwh < minPrice || bid.pricePerKwh > maxPrice) {
        throw new PlanError(t("tx.plan.bid.bounds", { low: format.price(minPrice), high: perKwh(maxPrice) }));
      }
      if (membersOnly && tier === 0) {
        throw new PlanError(t("tx.plan.bid.members"));
      }
      const args = [bid.pricePerKwh, bid.maxWhPerSlot];
      const call = { address: deployment.address, abi: gridxCallAbi, functionName: "setBid", args };
      return [{ label: t("tx.plan.bid.set"), call }];
    },
  };
}

/** Takes the standing bid back. */
export function endBidPlan(context: PlanContext): Plan {
  const { deployment } = context.site;
  return {
    title: t("tx.plan.bid.end"),
    figures: [{ label: t("tx.plan.bid.each"), value: t("tx.plan.bid.nothing") }],
    success: t("tx.plan.bid.ended"),
    async prepare(account) {
      await checkWallet(context, account);
      const call = { address: deployment.address, abi: gridxCallAbi, functionName: "setBid", args: [0n, 0n] };
      return [{ label: t("tx.plan.bid.end"), call }];
    },
  };
}

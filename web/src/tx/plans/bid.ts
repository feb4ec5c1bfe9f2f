import { gridxAbi, gridxCallAbi } from "../../chain/abi.ts";
import { PlanError } from "../explain.ts";
import type { Plan } from "../flow.ts";
import { type BidOrder, bidFigures } from "../orders/bid.ts";
import { checkWallet, type PlanContext } from "./context.ts";

/** Sets the standing bid, from the present slot on. */
export function bidPlan(context: PlanContext, bid: BidOrder, feeBps: number): Plan {
  const { site, reader } = context;
  const { deployment, format } = site;
  const { sellerPrice, slotCost } = bidFigures(bid, feeBps);
  const perKwh = (price: bigint) => `${format.price(price)} ${format.symbol}/kWh`;
  const most = format.kwh(bid.maxWhPerSlot);
  return {
    title: `Bid ${perKwh(bid.pricePerKwh)}`,
    figures: [
      { label: "You pay per kWh at most, fee included", value: perKwh(bid.pricePerKwh) },
      { label: "Of which the seller receives", value: perKwh(sellerPrice) },
      { label: "In each slot at most", value: most },
      { label: "One full slot costs at most", value: format.exactMoney(slotCost) },
    ],
    success: `Your bid stands: up to ${most} in each slot, at ${perKwh(bid.pricePerKwh)} or less.`,
    async prepare(account) {
      const gridx = { address: deployment.address, abi: gridxAbi } as const;
      const [{ minPrice, maxPrice, membersOnly }, { tier }] = await Promise.all([
        reader.readContract({ ...gridx, functionName: "marketParameters" }),
        reader.readContract({ ...gridx, functionName: "participantOf", args: [account] }),
        checkWallet(context, account),
      ]);
      if (bid.pricePerKwh < minPrice || bid.pricePerKwh > maxPrice) {
        throw new PlanError(`The bid must lie between ${format.price(minPrice)} and ${perKwh(maxPrice)}.`);
      }
      if (membersOnly && tier === 0) {
        throw new PlanError("This market is for members. The registrar of the community can add your wallet.");
      }
      const args = [bid.pricePerKwh, bid.maxWhPerSlot];
      const call = { address: deployment.address, abi: gridxCallAbi, functionName: "setBid", args };
      return [{ label: "Set bid", call }];
    },
  };
}

/** Takes the standing bid back. */
export function endBidPlan(context: PlanContext): Plan {
  const { deployment } = context.site;
  return {
    title: "End bid",
    figures: [{ label: "In each slot you buy", value: "nothing" }],
    success: "Your bid has ended. Nothing is bought for you any more.",
    async prepare(account) {
      await checkWallet(context, account);
      const call = { address: deployment.address, abi: gridxCallAbi, functionName: "setBid", args: [0n, 0n] };
      return [{ label: "End bid", call }];
    },
  };
}

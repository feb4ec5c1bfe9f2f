import type { Plan } from "../flow.ts";
import type { Intent } from "../intent.ts";
import { basketPlan } from "./basket.ts";
import { bidPlan, endBidPlan } from "./bid.ts";
import { retirePlan } from "./carbon.ts";
import type { PlanContext } from "./context.ts";
import { declarePlan, endEmergencyPlan } from "./emergency.ts";
import { askPlan, demoTokensPlan, depositPlan, withdrawPlan } from "./money.ts";
import { purchasePlan } from "./purchase.ts";
import { registrationPlan } from "./registration.ts";

/** How an intent is carried out. */
export function planOf(intent: Intent, context: PlanContext): Plan {
  switch (intent.kind) {
    case "purchase":
      return purchasePlan(context, intent.order);
    case "basket":
      return basketPlan(context, intent.order);
    case "deposit":
      return depositPlan(context, intent.amount);
    case "withdraw":
      return withdrawPlan(context, intent.amount);
    case "ask":
      return askPlan(context, intent.pricePerKwh);
    case "bid":
      return bidPlan(context, intent.order, intent.feeBps);
    case "endBid":
      return endBidPlan(context);
    case "retireCarbon":
      return retirePlan(context, intent.order);
    case "demoTokens":
      // In no build for another chain.
      if (__CHAIN_ID__ === 31337) return demoTokensPlan(context, intent.to);
      throw new Error("only a local chain's token can be made at will");
    case "declareEmergency":
      return declarePlan(context, intent.order);
    case "endEmergency":
      return endEmergencyPlan(context);
    case "registerHouse":
      return registrationPlan(context, intent.order);
  }
}

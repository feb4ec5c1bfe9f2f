// Disaster mode, declared and ended by the grid operator.
import { gridxCallAbi } from "../../chain/abi.ts";
import type { Plan } from "../flow.ts";
import type { EmergencyOrder } from "../orders/emergency.ts";
import { checkWallet, type PlanContext } from "./context.ts";

const HOUR = 3600n;

export function declarePlan(context: PlanContext, order: EmergencyOrder): Plan {
  const { site, reader } = context;
  const { deployment, format } = site;
  const { priceCap, normalWhPerSlot, essentialWhPerSlot, hours, reason } = order;
  return {
    title: "Declare Disaster mode",
    figures: [
      { label: "Sellers receive at most", value: `${format.price(priceCap)} ${format.symbol}/kWh` },
      { label: "Each normal wallet buys in a slot at most", value: format.kwh(normalWhPerSlot) },
      { label: "Each essential wallet", value: format.kwh(essentialWhPerSlot) },
      { label: "Ends after", value: `${hours} h` },
      { label: "Reason", value: reason },
    ],
    success: "Disaster mode is in force.",
    async prepare(account) {
      const [{ timestamp }] = await Promise.all([reader.getBlock(), checkWallet(context, account)]);
      const endsAt = Number(timestamp + hours * HOUR);
      const args = [priceCap, normalWhPerSlot, essentialWhPerSlot, endsAt, reason];
      const call = { address: deployment.address, abi: gridxCallAbi, functionName: "declareEmergency", args };
      return [{ label: "Declare Disaster mode", call }];
    },
  };
}

export function endEmergencyPlan(context: PlanContext): Plan {
  const { deployment } = context.site;
  return {
    title: "End Disaster mode",
    figures: [{ label: "Price cap and allowances", value: "none" }],
    success: "Disaster mode is over. Everybody trades as before.",
    async prepare(account) {
      await checkWallet(context, account);
      const call = { address: deployment.address, abi: gridxCallAbi, functionName: "endEmergency", args: [] };
      return [{ label: "End Disaster mode", call }];
    },
  };
}

// Disaster mode, declared and ended by the grid operator.
import { gridxCallAbi } from "../../chain/abi.ts";
import { t } from "../../i18n/t.ts";
import type { Plan } from "../flow.ts";
import type { EmergencyOrder } from "../orders/emergency.ts";
import { checkWallet, type PlanContext } from "./context.ts";

const HOUR = 3600n;

export function declarePlan(context: PlanContext, order: EmergencyOrder): Plan {
  const { site, reader } = context;
  const { deployment, format } = site;
  const { priceCap, normalWhPerSlot, essentialWhPerSlot, hours, reason } = order;
  return {
    title: t("tx.plan.emergency.declare"),
    figures: [
      { label: t("tx.plan.emergency.cap"), value: format.perKwh(priceCap) },
      { label: t("tx.plan.emergency.normal"), value: format.kwh(normalWhPerSlot) },
      { label: t("tx.plan.emergency.essential"), value: format.kwh(essentialWhPerSlot) },
      { label: t("tx.plan.emergency.ends"), value: t("tx.plan.emergency.hours", { hours: `${hours}` }) },
      { label: t("tx.plan.emergency.reason"), value: reason },
    ],
    success: t("tx.plan.emergency.success"),
    async prepare(account) {
      const [{ timestamp }] = await Promise.all([reader.getBlock(), checkWallet(context, account)]);
      const endsAt = Number(timestamp + hours * HOUR);
      const args = [priceCap, normalWhPerSlot, essentialWhPerSlot, endsAt, reason];
      const call = { address: deployment.address, abi: gridxCallAbi, functionName: "declareEmergency", args };
      return [{ label: t("tx.plan.emergency.declare"), call }];
    },
  };
}

export function endEmergencyPlan(context: PlanContext): Plan {
  const { deployment } = context.site;
  return {
    title: t("tx.plan.emergency.end"),
    figures: [{ label: t("tx.plan.emergency.rules"), value: t("tx.plan.emergency.none") }],
    success: t("tx.plan.emergency.over"),
    async prepare(account) {
      await checkWallet(context, account);
      const call = { address: deployment.address, abi: gridxCallAbi, functionName: "endEmergency", args: [] };
      return [{ label: t("tx.plan.emergency.end"), call }];
    },
  };
}

// A house registered with its owner's tier, by the registrar.
import { isAddressEqual, zeroAddress } from "viem";
import { gridxAbi, gridxCallAbi } from "../../chain/abi.ts";
import { wordsOf } from "../../chain/contractErrors.ts";
import { type MessageId, t } from "../../i18n/t.ts";
import { PlanError } from "../explain.ts";
import type { Plan, Step } from "../flow.ts";
import { type Registration, TIER_NUMBERS, type TierName } from "../orders/registration.ts";
import { checkWallet, type PlanContext } from "./context.ts";

const TIERS: Record<TierName, MessageId> = {
  none: "app.tier.none",
  normal: "app.tier.normal",
  essential: "app.tier.essential",
  critical: "app.tier.critical",
};

/** What is done already is left out, so that a plan that was interrupted can go on. */
export function registrationPlan(context: PlanContext, { meter, owner, capacityWatts, tier }: Registration): Plan {
  const { site, reader } = context;
  const { deployment, format } = site;
  const tierName = t(TIERS[tier]);
  return {
    title: t("tx.plan.house"),
    figures: [
      { label: t("tx.plan.house.meter"), value: meter },
      { label: t("tx.plan.house.owner"), value: owner },
      { label: t("tx.plan.house.capacity"), value: `${format.number(capacityWatts / 1000)} kW` },
      { label: t("tx.plan.house.tier"), value: tierName },
    ],
    success: t("tx.plan.house.success"),
    async prepare(account) {
      const gridx = { address: deployment.address, abi: gridxAbi } as const;
      const [house, participant, block] = await Promise.all([
        reader.readContract({ ...gridx, functionName: "houseOf", args: [meter] }),
        reader.readContract({ ...gridx, functionName: "participantOf", args: [owner] }),
        reader.getBlock(),
        checkWallet(context, account),
      ]);
      const steps: Step[] = [];
      const call = { address: deployment.address, abi: gridxCallAbi };
      const isDone = isAddressEqual(house.owner, owner) && house.capacityWatts === capacityWatts;
      // A key registers once, ever; that of a house which is over, too.
      if (!isDone && (house.attestedBitmap !== 0 || house.owner !== zeroAddress)) {
        throw new PlanError(
          wordsOf("MeterAlreadyRegistered", [meter], { format, now: Number(block.timestamp) }) ?? meter,
        );
      }
      if (!isDone) {
        const args = [meter, owner, capacityWatts];
        steps.push({ label: t("tx.plan.house"), call: { ...call, functionName: "registerHouse", args } });
      }
      if (participant.tier !== TIER_NUMBERS[tier]) {
        const args = [owner, TIER_NUMBERS[tier]];
        steps.push({
          label: t("tx.plan.house.setTier", { tier: tierName }),
          call: { ...call, functionName: "setTier", args },
        });
      }
      if (steps.length === 0) throw new PlanError(t("tx.plan.house.done"));
      return steps;
    },
  };
}

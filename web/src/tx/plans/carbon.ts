// Carbon retired for good, in somebody's name.
import { gridxCallAbi } from "../../chain/abi.ts";
import { t } from "../../i18n/t.ts";
import { PlanError } from "../explain.ts";
import type { Plan } from "../flow.ts";
import { bytesOf, LONGEST_BENEFICIARY_BYTES, LONGEST_REASON_BYTES, type Retirement } from "../orders/retirement.ts";
import { checkWallet, type PlanContext } from "./context.ts";

export function retirePlan(context: PlanContext, { grams, beneficiary, reason }: Retirement): Plan {
  const { deployment, format } = context.site;
  const amount = `${format.carbon(grams)} CO₂e`;
  return {
    title: t("tx.plan.retire", { amount }),
    figures: [
      { label: t("tx.plan.retire.amount"), value: amount },
      { label: t("tx.plan.retire.beneficiary"), value: beneficiary || t("tx.plan.retire.unsaid") },
      { label: t("tx.plan.retire.reason"), value: reason || t("tx.plan.retire.unsaid") },
    ],
    success: t("tx.plan.retire.success", { amount }),
    outcome: (hash) => ({ href: `/carbon/claims/${hash}`, label: t("tx.plan.retire.certificate") }),
    async prepare(account) {
      checkLength(beneficiary, LONGEST_BENEFICIARY_BYTES);
      checkLength(reason, LONGEST_REASON_BYTES);
      if (grams === 0n) throw new PlanError(t("tx.error.zeroAmount"));
      const { carbonGrams } = await checkWallet(context, account);
      if (carbonGrams < grams) {
        const [held, needed] = [format.carbon(carbonGrams), format.carbon(grams)];
        throw new PlanError(t("tx.error.insufficientCarbon", { held, needed }));
      }
      const args = [grams, beneficiary, reason];
      const call = { address: deployment.address, abi: gridxCallAbi, functionName: "spendCarbon", args };
      return [{ label: t("tx.plan.retire", { amount }), call }];
    },
  };
}

/** The contract's own words, before anything is signed. */
function checkLength(text: string, longest: number): void {
  const [bytes, most] = [`${bytesOf(text)}`, `${longest}`];
  if (bytesOf(text) > longest) throw new PlanError(t("tx.error.textTooLong", { text, bytes, most }));
}

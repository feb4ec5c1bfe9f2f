import type { Address } from "viem";
import { gridxAbi, gridxCallAbi, tokenAbi } from "../../chain/abi.ts";
import { t } from "../../i18n/t.ts";
import { PlanError } from "../explain.ts";
import type { Plan } from "../flow.ts";
import { checkWallet, type PlanContext, payingSteps } from "./context.ts";
import type { PermitSignature } from "./permit.ts";

/** Moves tokens from the wallet into the account. */
export function depositPlan(context: PlanContext, amount: bigint): Plan {
  const { deployment, format } = context.site;
  const money = format.exactMoney(amount);
  return {
    title: t("tx.plan.deposit", { amount: money }),
    figures: [{ label: t("tx.plan.deposit.way"), value: money }],
    success: t("tx.plan.deposit.success", { amount: money }),
    async prepare(account, means) {
      const wallet = await checkWallet(context, account);
      const gridx = { address: deployment.address, abi: gridxCallAbi };
      const call = { ...gridx, functionName: "deposit", args: [amount] };
      const withPermit = ({ deadline, v, r, s }: PermitSignature) => {
        return { ...gridx, functionName: "depositWithPermit", args: [amount, deadline, v, r, s] };
      };
      const step = { label: t("tx.plan.deposit", { amount: money }), call };
      return payingSteps(context, { account, wallet, amount, step, withPermit }, means);
    },
  };
}

/** Moves money from the account back to the wallet. */
export function withdrawPlan(context: PlanContext, amount: bigint): Plan {
  const { deployment, format } = context.site;
  const money = format.exactMoney(amount);
  return {
    title: t("tx.plan.withdraw", { amount: money }),
    figures: [{ label: t("tx.plan.withdraw.way"), value: money }],
    success: t("tx.plan.withdraw.success", { amount: money }),
    async prepare(account) {
      const { balance } = await checkWallet(context, account);
      if (balance < amount) {
        throw new PlanError(t("tx.plan.withdraw.short", { held: format.exactMoney(balance), wanted: money }));
      }
      const args = [account, amount];
      const call = { address: deployment.address, abi: gridxCallAbi, functionName: "withdraw", args };
      return [{ label: t("tx.plan.withdraw", { amount: money }), call }];
    },
  };
}

/** Sets the standing ask for lots to come; 0 takes them off sale. */
export function askPlan(context: PlanContext, pricePerKwh: bigint): Plan {
  const { site, reader } = context;
  const { deployment, format } = site;
  const price = format.perKwh(pricePerKwh);
  const off = pricePerKwh === 0n;
  return {
    title: off ? t("tx.plan.ask.stop") : t("tx.plan.ask", { price }),
    figures: [{ label: t("tx.plan.ask.receive"), value: off ? t("tx.plan.ask.none") : price }],
    success: off ? t("tx.plan.ask.stopped") : t("tx.plan.ask.success", { price }),
    async prepare(account) {
      const [{ minPrice, maxPrice }] = await Promise.all([
        reader.readContract({ address: deployment.address, abi: gridxAbi, functionName: "marketParameters" }),
        checkWallet(context, account),
      ]);
      if (!off && (pricePerKwh < minPrice || pricePerKwh > maxPrice)) {
        const [low, high] = [format.price(minPrice), format.perKwh(maxPrice)];
        throw new PlanError(t("tx.plan.ask.bounds", { low, high }));
      }
      const call = { address: deployment.address, abi: gridxCallAbi, functionName: "setAsk", args: [pricePerKwh] };
      return [{ label: off ? t("tx.plan.ask.stop") : t("tx.plan.ask.set"), call }];
    },
  };
}

const DEMO_TOKENS = 1_000n;

/** Makes play money. Only for a local chain, whose token lets anyone. */
export function demoTokensPlan({ site }: PlanContext, to: Address): Plan {
  const { deployment, format } = site;
  const amount = DEMO_TOKENS * 10n ** BigInt(deployment.tokenDecimals);
  const money = format.exactMoney(amount);
  return {
    title: t("demo.tokens.title", { amount: money }),
    figures: [{ label: t("demo.tokens.to"), value: money }],
    success: t("demo.tokens.success", { amount: money }),
    async prepare() {
      const call = { address: deployment.token, abi: tokenAbi, functionName: "mint", args: [to, amount] };
      return [{ label: t("demo.tokens.step", { amount: money }), call }];
    },
  };
}

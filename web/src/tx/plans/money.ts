import type { Address } from "viem";
import { gridxAbi, gridxCallAbi, tokenAbi } from "../../chain/abi.ts";
import { PlanError } from "../explain.ts";
import type { Plan } from "../flow.ts";
import { approvalSteps, checkWallet, type PlanContext } from "./context.ts";

/** Moves tokens from the wallet into the account. */
export function depositPlan(context: PlanContext, amount: bigint): Plan {
  const { deployment, format } = context.site;
  const money = format.exactMoney(amount);
  return {
    title: `Deposit ${money}`,
    figures: [{ label: "From your wallet into your account", value: money }],
    success: `${money} are in your account, ready to trade.`,
    async prepare(account) {
      const wallet = await checkWallet(context, account);
      const approval = approvalSteps(context, wallet, amount);
      const call = { address: deployment.address, abi: gridxCallAbi, functionName: "deposit", args: [amount] };
      return [...approval, { label: `Deposit ${money}`, call }];
    },
  };
}

/** Moves money from the account back to the wallet. */
export function withdrawPlan(context: PlanContext, amount: bigint): Plan {
  const { deployment, format } = context.site;
  const money = format.exactMoney(amount);
  return {
    title: `Withdraw ${money}`,
    figures: [{ label: "From your account to your wallet", value: money }],
    success: `${money} are back in your wallet.`,
    async prepare(account) {
      const { balance } = await checkWallet(context, account);
      if (balance < amount) {
        throw new PlanError(`The account holds ${format.exactMoney(balance)}; you asked for ${money}.`);
      }
      const args = [account, amount];
      const call = { address: deployment.address, abi: gridxCallAbi, functionName: "withdraw", args };
      return [{ label: `Withdraw ${money}`, call }];
    },
  };
}

/** Sets the standing ask for lots to come; 0 takes them off sale. */
export function askPlan(context: PlanContext, pricePerKwh: bigint): Plan {
  const { site, reader } = context;
  const { deployment, format } = site;
  const price = `${format.price(pricePerKwh)} ${format.symbol}/kWh`;
  const off = pricePerKwh === 0n;
  return {
    title: off ? "Stop selling" : `Ask ${price}`,
    figures: [{ label: "You receive per kWh, at least", value: off ? "not for sale" : price }],
    success: off ? "Your coming lots are not for sale." : `Your coming lots are offered at ${price}.`,
    async prepare(account) {
      const [{ minPrice, maxPrice }] = await Promise.all([
        reader.readContract({ address: deployment.address, abi: gridxAbi, functionName: "marketParameters" }),
        checkWallet(context, account),
      ]);
      if (!off && (pricePerKwh < minPrice || pricePerKwh > maxPrice)) {
        const range = `${format.price(minPrice)} and ${format.price(maxPrice)} ${format.symbol}/kWh`;
        throw new PlanError(`The ask must lie between ${range}.`);
      }
      const call = { address: deployment.address, abi: gridxCallAbi, functionName: "setAsk", args: [pricePerKwh] };
      return [{ label: off ? "Stop selling" : "Set ask", call }];
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
    title: `Get ${money} of play money`,
    figures: [{ label: "Into your wallet", value: money }],
    success: `${money} are in your wallet.`,
    async prepare() {
      const call = { address: deployment.token, abi: tokenAbi, functionName: "mint", args: [to, amount] };
      return [{ label: `Get ${money}`, call }];
    },
  };
}

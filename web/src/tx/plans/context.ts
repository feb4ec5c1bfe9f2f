import type { Address, PublicClient } from "viem";
import { tokenAbi } from "../../chain/abi.ts";
import { readWallet, type WalletFigures } from "../../chain/reads.ts";
import type { Site } from "../../config/loadSite.ts";
import { t } from "../../i18n/t.ts";
import { PlanError } from "../explain.ts";
import type { Call, CallStep, Means, Step } from "../flow.ts";
import { type PermitSignature, permitOf } from "./permit.ts";

/** One transaction at a time, as every wallet can. */
export const STEP_BY_STEP: Means = { batch: false, permit: false };

export interface PlanContext {
  site: Site;
  reader: PublicClient;
}

/** A wallet's figures now, or why it can't send anything. */
export async function checkWallet({ site, reader }: PlanContext, account: Address): Promise<WalletFigures> {
  const { deployment, chain } = site;
  const wallet = await readWallet(reader, deployment.address, deployment.token, account);
  if (wallet.native === 0n) {
    throw new PlanError(t("tx.plan.noGas", { native: chain.nativeCurrency.symbol }), "get-gas");
  }
  return wallet;
}

/** A call that takes money from the wallet. */
export interface Paying {
  account: Address;
  wallet: WalletFigures;
  /** Taken from the wallet; 0 is nothing. */
  amount: bigint;
  step: { label: string; call: Call };
  /** The same call where the wallet permits the amount by a signature. */
  withPermit: (signature: PermitSignature) => Call;
}

/** The call, and what has to let the contract take the money: together with it, by a signature, or before it. */
export async function payingSteps(context: PlanContext, paying: Paying, means: Means): Promise<Step[]> {
  const { account, wallet, amount, step, withPermit } = paying;
  const [approval] = amount > 0n ? approvalSteps(context, wallet, amount) : [];
  if (!approval) return [step];
  if (means.batch) return [{ label: step.label, batch: [approval.call, step.call] }];
  const permit = means.permit ? await permitOf(context, account, amount) : null;
  if (!permit) return [approval, step];
  const label = t("tx.plan.permit", { amount: context.site.format.exactMoney(amount) });
  return [
    { label, permit: permit.data },
    { label: step.label, call: (signature) => withPermit(permit.signed(signature)) },
  ];
}

/** What must happen before the contract can take `amount` from the wallet: an approval, or nothing. */
function approvalSteps({ site }: PlanContext, wallet: WalletFigures, amount: bigint): (CallStep & { call: Call })[] {
  const { deployment, format } = site;
  if (wallet.tokens < amount) {
    const held = format.exactMoney(wallet.tokens);
    const needed = format.exactMoney(amount);
    const missing = format.exactMoney(amount - wallet.tokens);
    throw new PlanError(t("tx.plan.missing", { held, needed, missing }), "get-tokens");
  }
  if (wallet.allowance >= amount) return [];
  const call = {
    address: deployment.token,
    abi: tokenAbi,
    functionName: "approve",
    args: [deployment.address, amount],
  };
  return [{ label: t("tx.plan.approve", { amount: format.exactMoney(amount) }), call }];
}

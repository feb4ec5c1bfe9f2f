import type { Address, PublicClient } from "viem";
import { tokenAbi } from "../../chain/abi.ts";
import { readWallet, type WalletFigures } from "../../chain/reads.ts";
import type { Site } from "../../config/loadSite.ts";
import { t } from "../../i18n/t.ts";
import { PlanError } from "../explain.ts";
import type { Step } from "../flow.ts";

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

/** What must happen before the contract can take `amount` from the wallet: an approval, or nothing. */
export function approvalSteps({ site }: PlanContext, wallet: WalletFigures, amount: bigint): Step[] {
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

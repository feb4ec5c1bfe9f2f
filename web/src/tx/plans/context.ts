import type { Address, PublicClient } from "viem";
import { tokenAbi } from "../../chain/abi.ts";
import { readWallet, type WalletFigures } from "../../chain/reads.ts";
import type { Site } from "../../config/loadSite.ts";

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
    throw new PlanError(`The wallet has no ${chain.nativeCurrency.symbol} to pay for transactions.`, "get-gas");
  }
  return wallet;
}

/** What must happen before the contract can take `amount` from the wallet: an approval, or nothing. */
export function approvalSteps({ site }: PlanContext, wallet: WalletFigures, amount: bigint): Step[] {
  const { deployment, format } = site;
  if (wallet.tokens < amount) {
    const missing = format.exactMoney(amount - wallet.tokens);
    throw new PlanError(
      `The wallet holds ${format.exactMoney(wallet.tokens)} and ${format.exactMoney(amount)} are needed: ${missing} are missing.`,
      "get-tokens",
    );
  }
  if (wallet.allowance >= amount) return [];
  const call = {
    address: deployment.token,
    abi: tokenAbi,
    functionName: "approve",
    args: [deployment.address, amount],
  };
  return [{ label: `Approve ${format.exactMoney(amount)}`, call }];
}

import { type Deployment, demoRupeeAbi } from "@gridx/contracts";
import type { LocalClient } from "@gridx/contracts/node";
import type { Account } from "viem";
import { mnemonicToAccount } from "viem/accounts";

/** Wallets that a visitor of the page can take without an extension: the mnemonic's third to fifth. */
const INDICES = [2, 3, 4];
const TOKENS = 1000n;

/** Gives each demo wallet 1,000 demo rupees; anvil has given it gas money. */
export async function fundDemoWallets(client: LocalClient, admin: Account, deployment: Deployment, mnemonic: string) {
  const amount = TOKENS * 10n ** BigInt(deployment.tokenDecimals);
  for (const addressIndex of INDICES) {
    const hash = await client.writeContract({
      abi: demoRupeeAbi,
      address: deployment.token,
      functionName: "mint",
      args: [mnemonicToAccount(mnemonic, { addressIndex }).address, amount],
      account: admin,
      chain: client.chain,
    });
    await client.waitForTransactionReceipt({ hash });
  }
}

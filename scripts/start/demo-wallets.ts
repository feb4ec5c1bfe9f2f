import { type Deployment, demoRupeeAbi } from "@gridx/contracts";
import type { LocalClient } from "@gridx/contracts/node";
import { type Account, bytesToHex, type Hex } from "viem";
import { demoAccount } from "../../web/src/wallet/demo/accounts.ts";
import { DEMO_WALLETS } from "../../web/src/wallet/demo/wallets.ts";

const TOKENS = 1000n;

/** Gives each demo wallet of the page 1,000 demo rupees; anvil has given it gas money. */
export async function fundDemoWallets(client: LocalClient, admin: Account, deployment: Deployment) {
  const amount = TOKENS * 10n ** BigInt(deployment.tokenDecimals);
  for (const { addressIndex } of DEMO_WALLETS) {
    const hash = await client.writeContract({
      abi: demoRupeeAbi,
      address: deployment.token,
      functionName: "mint",
      args: [demoAccount(addressIndex).address, amount],
      account: admin,
      chain: client.chain,
    });
    await client.waitForTransactionReceipt({ hash });
  }
}

/** The demo wallet that owns the simulation's first home with solar: the one that is offered first. */
export const HOME_WALLET = DEMO_WALLETS[0];

/** Private key of a wallet of the local chain, for a process that signs with it. */
export function demoKey(addressIndex: number): Hex {
  const { privateKey } = demoAccount(addressIndex).getHdKey();
  if (!privateKey) throw new Error(`wallet ${addressIndex} of the local chain has no key`);
  return bytesToHex(privateKey);
}

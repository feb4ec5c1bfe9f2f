import type { Address } from "viem";
import { smartWalletCode } from "./smart-wallet-code.ts";
import type { TestChain } from "./world.ts";

/** Puts a smart-contract wallet on the chain; its address. */
export async function deploySmartWallet({ client }: TestChain, keeper: Address, from: Address): Promise<Address> {
  const hash = await client.sendTransaction({ data: smartWalletCode(keeper), account: from, chain: client.chain });
  const { contractAddress } = await client.waitForTransactionReceipt({ hash });
  if (!contractAddress) throw new Error("the wallet was not deployed");
  return contractAddress;
}

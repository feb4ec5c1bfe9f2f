// Wallets of a local chain that a visitor can take without an extension. Only ever part of a build for chain 31337.
import type { LocalAccount } from "viem";
import { mnemonicToAccount } from "viem/accounts";

/** anvil's public test mnemonic: worthless everywhere but on a local chain. */
const MNEMONIC = "test test test test test test test test test test test junk";

const cache = new Map<number, LocalAccount>();

export function demoAccount(addressIndex: number): LocalAccount {
  const account = cache.get(addressIndex) ?? mnemonicToAccount(MNEMONIC, { addressIndex });
  cache.set(addressIndex, account);
  return account;
}

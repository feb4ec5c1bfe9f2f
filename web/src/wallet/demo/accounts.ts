// Wallets of a local chain that a visitor can take without an extension. Only ever part of a build for chain 31337.
import type { LocalAccount } from "viem";
import { mnemonicToAccount } from "viem/accounts";

/** anvil's public test mnemonic: worthless everywhere but on a local chain. */
const MNEMONIC = "test test test test test test test test test test test junk";

/** Demo wallets by number, 1 to 3, and their place under the mnemonic. */
export const DEMO_WALLETS = [
  { number: 1, addressIndex: 2 },
  { number: 2, addressIndex: 3 },
  { number: 3, addressIndex: 4 },
] as const;

const cache = new Map<number, LocalAccount>();

export function demoAccount(addressIndex: number): LocalAccount {
  const account = cache.get(addressIndex) ?? mnemonicToAccount(MNEMONIC, { addressIndex });
  cache.set(addressIndex, account);
  return account;
}

// Wallets of a local chain that a visitor can take without an extension. Only ever part of a build for chain 31337.
import { type HDAccount, mnemonicToAccount } from "viem/accounts";

/** anvil's public test mnemonic: worthless everywhere but on a local chain. */
const MNEMONIC = "test test test test test test test test test test test junk";

const cache = new Map<number, HDAccount>();

export function demoAccount(addressIndex: number): HDAccount {
  const account = cache.get(addressIndex) ?? mnemonicToAccount(MNEMONIC, { addressIndex });
  cache.set(addressIndex, account);
  return account;
}

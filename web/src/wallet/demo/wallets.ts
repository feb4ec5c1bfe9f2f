/** Demo wallets by number, 1 to 3, and their place under the local chain's mnemonic. */
export const DEMO_WALLETS = [
  { number: 1, addressIndex: 2 },
  { number: 2, addressIndex: 3 },
  { number: 3, addressIndex: 4 },
] as const;
export type DemoWallet = (typeof DEMO_WALLETS)[number];

export const connectorIdOf = ({ number }: DemoWallet): string => `demo-${number}`;

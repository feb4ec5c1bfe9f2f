import { connectorsForWallets } from "@rainbow-me/rainbowkit";
import { walletConnectWallet } from "@rainbow-me/rainbowkit/wallets";

/** WalletConnect talks to its own relay: only for builds that were given a project id. */
export function walletConnectConnectors(projectId: string) {
  return connectorsForWallets([{ groupName: "Phone", wallets: [walletConnectWallet] }], {
    appName: "GridX",
    projectId,
  });
}

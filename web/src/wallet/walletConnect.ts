import { connectorsForWallets } from "@rainbow-me/rainbowkit";
import { walletConnectWallet } from "@rainbow-me/rainbowkit/wallets";
import { t } from "../i18n/t.ts";

/** WalletConnect talks to its own relay: only for builds that were given a project id. */
export function walletConnectConnectors(projectId: string) {
  return connectorsForWallets([{ groupName: t("app.wallet.phone"), wallets: [walletConnectWallet] }], {
    appName: "GridX",
    projectId,
  });
}

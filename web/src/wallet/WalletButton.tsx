import { useSite } from "../config/SiteContext.ts";
import { t } from "../i18n/t.ts";
import { Button } from "../ui/Button.tsx";
import { AccountMenu } from "./AccountMenu.tsx";
import { useOpenConnect } from "./ConnectContext.tsx";
import { DemoWalletMenu } from "./demo/DemoWalletMenu.tsx";
import { useSession, useWalletState } from "./session.ts";

export function WalletButton() {
  const { chain } = useSite();
  const { address, chainId, status } = useWalletState();
  const session = useSession();
  if (address && chainId !== chain.id) {
    // Declined in the wallet, nothing has changed.
    const change = () => session.engine().then((engine) => engine.switchChain().catch(console.warn));
    return (
      <Button look="primary" onClick={() => void change()}>
        {t("app.wallet.switch", { chain: chain.name })}
      </Button>
    );
  }
  if (address) return <AccountMenu address={address} />;
  if (status === "loading") return <span className="h-11 w-36 animate-pulse rounded-control bg-raised" />;
  return <ConnectButtons />;
}

/** Ways to get a wallet. */
function ConnectButtons() {
  const openConnect = useOpenConnect();
  return (
    <>
      {__CHAIN_ID__ === 31337 && <DemoWalletMenu />}
      <Button look="primary" onClick={openConnect} className="max-sm:px-2.5">
        {t("app.wallet.connect")}
      </Button>
    </>
  );
}

import { lazy, Suspense } from "react";
import { useAccount, useSwitchChain } from "wagmi";
import { useSite } from "../config/SiteContext.ts";
import { Button } from "../ui/Button.tsx";
import { AccountMenu } from "./AccountMenu.tsx";
import { useOpenConnect } from "./ConnectContext.tsx";

// Left out of builds for other chains, together with all that it imports.
const DemoWalletMenu = __CHAIN_ID__ === 31337 ? lazy(() => import("./demo/DemoWalletMenu.tsx")) : null;

export function WalletButton() {
  const { chain } = useSite();
  const { address, chainId, status } = useAccount();
  const { switchChain } = useSwitchChain();
  if (address && chainId !== chain.id) {
    return (
      <Button look="primary" onClick={() => switchChain({ chainId: chain.id })}>
        Switch to {chain.name}
      </Button>
    );
  }
  if (address) return <AccountMenu address={address} />;
  if (status === "reconnecting") return <span className="h-11 w-36 animate-pulse rounded-control bg-raised" />;
  return <ConnectButtons />;
}

/** Ways to get a wallet. */
function ConnectButtons() {
  const openConnect = useOpenConnect();
  return (
    <>
      {DemoWalletMenu && (
        <Suspense fallback={null}>
          <DemoWalletMenu />
        </Suspense>
      )}
      <Button look="primary" onClick={openConnect}>
        Connect wallet
      </Button>
    </>
  );
}

import { Button } from "../../ui/Button.tsx";
import { Menu } from "../../ui/Menu.tsx";
import { useSession } from "../session.ts";
import { connectorIdOf, DEMO_WALLETS, type DemoWallet, nameOf } from "./wallets.ts";

/** Funded wallets for trying things out, without any extension. */
export function DemoWalletMenu() {
  const session = useSession();
  const take = async (wallet: DemoWallet) => (await session.engine()).connectTo(connectorIdOf(wallet));
  return (
    <Menu
      label="Try a demo wallet"
      trigger={
        <>
          <span className="sm:hidden">Demo</span>
          <span className="hidden sm:inline">Try a demo wallet</span>
        </>
      }
    >
      <p className="px-3 pt-2 pb-1 text-xs text-muted">Play money on a local chain. Anyone knows their keys.</p>
      {DEMO_WALLETS.map((wallet) => (
        <Button
          key={wallet.number}
          look="quiet"
          className="w-full justify-start"
          onClick={() => void take(wallet).catch(console.error)}
        >
          {nameOf(wallet)}
        </Button>
      ))}
    </Menu>
  );
}

import { useConnect } from "wagmi";
import { Button } from "../../ui/Button.tsx";
import { Menu } from "../../ui/Menu.tsx";
import { isDemoConnector } from "./connector.ts";

/** Funded wallets for trying things out, without any extension. */
export default function DemoWalletMenu() {
  const { connectors, connect } = useConnect();
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
      {connectors
        .filter((connector) => isDemoConnector(connector.id))
        .map((connector) => (
          <Button
            key={connector.id}
            look="quiet"
            className="w-full justify-start"
            onClick={() => connect({ connector })}
          >
            {connector.name}
          </Button>
        ))}
    </Menu>
  );
}

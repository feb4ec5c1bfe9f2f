import type { Address as AddressHex } from "viem";
import { t } from "../i18n/t.ts";
import { Address } from "../ui/Address.tsx";
import { Button } from "../ui/Button.tsx";
import { shortHex } from "../ui/format.ts";
import { Menu } from "../ui/Menu.tsx";
import { useSession, useWalletState } from "./session.ts";

/** The connected wallet: its address to copy, and the way out. */
export function AccountMenu({ address }: { address: AddressHex }) {
  const { walletName } = useWalletState();
  const session = useSession();
  const leave = async () => (await session.engine()).disconnect();
  return (
    <Menu label={t("app.wallet.menu", { address: shortHex(address) })} trigger={<Address address={address} />}>
      <p className="px-3 pt-2 text-xs text-muted">{walletName}</p>
      <p className="px-3 pb-2 font-mono text-xs break-all text-soft">{address}</p>
      <Button
        look="quiet"
        className="w-full justify-start"
        onClick={() => void navigator.clipboard?.writeText(address)}
      >
        {t("app.wallet.copy")}
      </Button>
      <Button look="quiet" className="w-full justify-start" onClick={() => void leave()}>
        {t("app.wallet.disconnect")}
      </Button>
    </Menu>
  );
}

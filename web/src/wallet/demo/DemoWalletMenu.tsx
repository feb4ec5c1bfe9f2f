import { useSite } from "../../config/SiteContext.ts";
import { t } from "../../i18n/t.ts";
import { Button } from "../../ui/Button.tsx";
import { Menu } from "../../ui/Menu.tsx";
import { useSession } from "../session.ts";
import { connectorIdOf, DEMO_WALLETS, type DemoWallet } from "./wallets.ts";

/** Funded wallets for trying things out, without any extension. */
export function DemoWalletMenu() {
  const session = useSession();
  const homeWallet = useSite().config.demo?.homeWallet;
  const take = async (wallet: DemoWallet) => (await session.engine()).connectTo(connectorIdOf(wallet));
  return (
    <Menu
      label={t("demo.try")}
      trigger={
        <>
          <span className="sm:hidden">{t("demo.short")}</span>
          <span className="hidden sm:inline">{t("demo.try")}</span>
        </>
      }
    >
      <p className="px-3 pt-2 pb-1 text-xs text-muted">{t("demo.note")}</p>
      {DEMO_WALLETS.map((wallet) => (
        <Button
          key={wallet.number}
          look="quiet"
          className="w-full justify-start"
          onClick={() => void take(wallet).catch(console.error)}
        >
          {t("demo.wallet", { number: wallet.number })}
          {wallet.number === homeWallet && <span className="text-xs text-muted">{t("demo.home")}</span>}
        </Button>
      ))}
    </Menu>
  );
}

import type { WalletFigures } from "../../chain/reads.ts";
import { useSite } from "../../config/SiteContext.ts";
import { t } from "../../i18n/t.ts";

/** Where the money comes from. */
export function PaidFrom({ total, wallet }: { total: bigint; wallet: WalletFigures }) {
  const { format } = useSite();
  const { balance, allowance } = wallet;
  const fromAccount = total < balance ? total : balance;
  const fromWallet = total - fromAccount;
  return (
    <p className="mt-2 text-xs text-muted">
      {fromWallet === 0n && t("market.order.fromAccount", { balance: format.exactMoney(balance) })}
      {fromWallet > 0n &&
        (fromAccount === 0n
          ? t("market.order.fromWallet")
          : t("market.order.fromBoth", {
              account: format.exactMoney(fromAccount),
              wallet: format.exactMoney(fromWallet),
            }))}
      {fromWallet > allowance && ` ${t("market.order.twoSignatures")}`}
    </p>
  );
}

import { useSite } from "../config/SiteContext.ts";
import { Trans } from "../i18n/Trans.tsx";
import { t } from "../i18n/t.ts";
import { Button } from "../ui/Button.tsx";
import { useAddress } from "../wallet/session.ts";
import type { FlowState } from "./flow.ts";
import { useTransactions } from "./TransactionProvider.tsx";

interface FailureProps {
  failure: NonNullable<FlowState["failure"]>;
  onAgain: () => void;
  onClose: () => void;
}

/** What went wrong, and what to do about it. */
export function Failure({ failure, onAgain, onClose }: FailureProps) {
  const { remedy, message } = failure;
  return (
    <div className="mt-4 rounded-control border border-red/40 bg-red/10 p-4" role="alert">
      <p>{message}</p>
      {remedy === "get-tokens" && <GetTokens />}
      {remedy === "get-gas" && <GetGas />}
      <div className="mt-4 flex flex-wrap gap-3">
        {remedy !== "none" && <Button onClick={onAgain}>{t("tx.tryAgain")}</Button>}
        <Button look="quiet" onClick={onClose}>
          {t("tx.close")}
        </Button>
      </div>
    </div>
  );
}

function GetTokens() {
  const site = useSite();
  const address = useAddress();
  const { start } = useTransactions();
  if (!address) return null;
  if (__CHAIN_ID__ === 31337) {
    return (
      <Button className="mt-3" look="primary" onClick={() => start({ kind: "demoTokens", to: address })}>
        {t("demo.tokens.get")}
      </Button>
    );
  }
  return (
    <p className="mt-2 text-sm text-soft">
      <Trans
        id="tx.getTokens"
        values={{
          token: site.deployment.tokenSymbol,
          chain: site.chain.name,
          address: <span className="font-mono break-all">{address}</span>,
        }}
      />
    </p>
  );
}

function GetGas() {
  const { chain } = useSite();
  const address = useAddress();
  return (
    <p className="mt-2 text-sm text-soft">
      <Trans
        id="tx.getGas"
        values={{
          native: chain.nativeCurrency.symbol,
          chain: chain.name,
          address: <span className="font-mono break-all">{address}</span>,
        }}
      />
    </p>
  );
}

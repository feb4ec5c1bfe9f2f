import { useSite } from "../config/SiteContext.ts";
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
        {remedy !== "none" && <Button onClick={onAgain}>Try again</Button>}
        <Button look="quiet" onClick={onClose}>
          Close
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
        Get play money
      </Button>
    );
  }
  return (
    <p className="mt-2 text-sm text-soft">
      Buy less, or send {site.format.symbol} on {site.chain.name} to your wallet{" "}
      <span className="font-mono break-all">{address}</span>.
    </p>
  );
}

function GetGas() {
  const { chain } = useSite();
  const address = useAddress();
  return (
    <p className="mt-2 text-sm text-soft">
      Send a little {chain.nativeCurrency.symbol} on {chain.name} to{" "}
      <span className="font-mono break-all">{address}</span>; a trade costs a fraction of a cent.
    </p>
  );
}

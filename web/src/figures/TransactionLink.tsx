import { transactionUrl } from "@gridx/contracts";
import { useSite } from "../config/SiteContext.ts";
import { Hash } from "./Details.tsx";

/** A transaction's hash, with a link where the chain has an explorer. */
export function TransactionLink({ hash, label }: { hash: string; label: string }) {
  const { deployment } = useSite();
  const href = transactionUrl(deployment.chainId, hash);
  return (
    <>
      <Hash>{hash}</Hash>
      {href && (
        <a
          className="inline-flex min-h-11 items-center text-cyan underline underline-offset-2"
          href={href}
          target="_blank"
          rel="noreferrer"
        >
          {label}
        </a>
      )}
    </>
  );
}

import { useState } from "react";
import { t } from "../../../i18n/t.ts";
import { Button } from "../../../ui/Button.tsx";

/** Puts a page's link into the clipboard; shows it where the browser does not allow that. */
export function CopyLink({ path }: { path: string }) {
  const [outcome, setOutcome] = useState<"copied" | "refused" | null>(null);
  const link = `${location.origin}${path}`;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      setOutcome("copied");
    } catch {
      setOutcome("refused");
    }
  };
  return (
    <>
      <Button onClick={() => void copy()}>{t("carbon.claim.copy")}</Button>
      <span role="status" className="min-w-0 text-sm wrap-anywhere text-soft">
        {outcome === "copied" && t("carbon.claim.copied")}
        {outcome === "refused" && (
          <>
            {t("carbon.claim.copyByHand")} <span className="font-mono text-xs select-all">{link}</span>
          </>
        )}
      </span>
    </>
  );
}

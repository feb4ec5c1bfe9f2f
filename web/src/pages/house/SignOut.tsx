import { useState } from "react";
import { useSite } from "../../config/SiteContext.ts";
import { type Standing, useSignIn } from "../../home/session.ts";
import { t } from "../../i18n/t.ts";
import { Button } from "../../ui/Button.tsx";
import { shortHex } from "../../ui/format.ts";

/** Who is signed in and until when, and the way out. */
export function SignOut({ standing }: { standing: Extract<Standing, { state: "in" }> }) {
  const { format } = useSite();
  const { signOut } = useSignIn();
  const [failed, setFailed] = useState(false);
  const until = format.dateTime(standing.expiresAt);
  const go = () => {
    setFailed(false);
    signOut().catch((cause: unknown) => {
      console.warn(cause);
      setFailed(true);
    });
  };
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 text-sm text-soft">
      <p>{t("house.signedIn", { address: shortHex(standing.address), until })}</p>
      <Button onClick={go}>{t("house.signOut")}</Button>
      <p role="alert" className="w-full text-red empty:hidden">
        {failed && t("house.signOut.failed", { until })}
      </p>
    </div>
  );
}

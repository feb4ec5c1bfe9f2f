import { useState } from "react";
import { type Standing, useSignIn } from "../../home/session.ts";
import { t } from "../../i18n/t.ts";
import { Button } from "../../ui/Button.tsx";
import { Card } from "../../ui/Card.tsx";
import { shortHex } from "../../ui/format.ts";
import { reasonOf } from "../../ui/states.tsx";
import { useOpenConnect } from "../../wallet/ConnectContext.tsx";
import { SignOut } from "./SignOut.tsx";

interface SignInCardProps {
  /** Of the wallet; undefined where none is connected. */
  address: string | undefined;
  standing: Standing;
}

type Attempt = { state: "idle" | "asking" | "declined" } | { state: "failed"; reason: string };

/** What signing in is for, and the way to it. */
export function SignInCard({ address, standing }: SignInCardProps) {
  const openConnect = useOpenConnect();
  const { signIn } = useSignIn();
  const [attempt, setAttempt] = useState<Attempt>({ state: "idle" });
  const go = async () => {
    if (!address) return;
    setAttempt({ state: "asking" });
    try {
      await signIn(address);
      setAttempt({ state: "idle" });
    } catch (cause) {
      const { isRejection } = await import("../../tx/explain.ts");
      console.warn(cause);
      setAttempt(isRejection(cause) ? { state: "declined" } : { state: "failed", reason: reasonOf(cause) });
    }
  };
  return (
    <Card title={t("house.signIn")}>
      <div role="status" className="text-sm text-amber">
        {standing.state === "expired" && <p className="mb-3">{t("house.expired")}</p>}
      </div>
      {standing.state === "in" && (
        <div className="mb-4 text-sm text-amber">
          <p className="mb-2">
            {address
              ? t("house.otherWallet", { address: shortHex(standing.address) })
              : t("house.stillIn", { address: shortHex(standing.address) })}
          </p>
          <SignOut standing={standing} />
        </div>
      )}
      <p className="max-w-2xl text-sm text-pretty text-soft">{t("house.signIn.lead")}</p>
      <ul className="mt-3 max-w-2xl list-disc space-y-1 ps-5 text-sm text-soft marker:text-violet">
        <li>{t("house.signIn.free")}</li>
        <li>{t("house.signIn.alone")}</li>
        <li>{t("house.signIn.day")}</li>
      </ul>
      <div className="mt-5 flex flex-wrap items-center gap-4">
        {address ? (
          <Button look="primary" onClick={() => void go()} disabled={attempt.state === "asking"}>
            {t("house.signIn.button", { address: shortHex(address) })}
          </Button>
        ) : (
          <Button look="primary" onClick={openConnect}>
            {t("app.wallet.connect")}
          </Button>
        )}
        <p role="status" className="min-h-5 text-sm text-soft">
          {attempt.state === "asking" && t("house.signIn.asking")}
          {attempt.state === "declined" && t("house.signIn.declined")}
        </p>
      </div>
      {attempt.state === "failed" && (
        <p role="alert" className="mt-3 text-sm text-red">
          {t("house.signIn.failed", { reason: attempt.reason })}
        </p>
      )}
    </Card>
  );
}

import { type ReactNode, useEffect } from "react";
import { UnreachableError } from "../config/loadSite.ts";
import { t } from "../i18n/t.ts";
import { Button } from "../ui/Button.tsx";
import { Brand } from "./Brand.tsx";

/** Nothing can be shown: says why, to whoever runs the page, or that there is no network. */
export function StartupError({ error }: { error: unknown }) {
  if (error instanceof UnreachableError) return <Offline />;
  return (
    <Notice title={t("app.startup")}>
      <p className="mt-2 text-soft">{error instanceof Error ? error.message : String(error)}</p>
    </Notice>
  );
}

/** The page as it is kept, without a network: no figure is shown, since none can be read. */
function Offline() {
  useEffect(() => {
    const again = () => location.reload();
    addEventListener("online", again);
    return () => removeEventListener("online", again);
  }, []);
  return (
    <Notice title={t("app.offline")}>
      <p className="mt-2 text-pretty text-soft">{t("app.offline.text")}</p>
      <p className="mt-2 text-pretty text-soft">{t("app.offline.safe")}</p>
    </Notice>
  );
}

function Notice({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="mx-auto grid min-h-dvh max-w-xl content-center gap-5 px-6">
      <Brand />
      <div role="alert">
        <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
        {children}
      </div>
      <Button className="justify-self-start" onClick={() => location.reload()}>
        {t("app.tryAgain")}
      </Button>
    </main>
  );
}

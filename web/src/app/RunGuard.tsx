import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useSyncExternalStore } from "react";
import { useSite } from "../config/SiteContext.ts";
import { keys } from "../data/keys.ts";
import { t } from "../i18n/t.ts";
import { Button } from "../ui/Button.tsx";
import { Brand } from "./Brand.tsx";

const CHECK_MS = 10_000;

/** Shows the page only while the chain that it was loaded for runs. */
export function RunGuard({ children }: { children: ReactNode }) {
  const { run } = useSite();
  const ended = useSyncExternalStore(run.subscribe, run.ended);
  useQuery({ queryKey: keys.run, queryFn: () => run.stillOn(), refetchInterval: CHECK_MS, enabled: !ended });
  return ended ? <Restarted /> : children;
}

function Restarted() {
  return (
    <main className="mx-auto grid min-h-dvh max-w-xl content-center gap-5 px-6">
      <Brand />
      <div role="alert">
        <h1 className="text-2xl font-semibold tracking-tight">{t("app.restarted")}</h1>
        <p className="mt-2 text-soft">{t("app.restarted.text")}</p>
      </div>
      <Button look="primary" className="justify-self-start" onClick={() => location.reload()}>
        {t("app.reload")}
      </Button>
    </main>
  );
}

import { t } from "../i18n/t.ts";
import { Button } from "../ui/Button.tsx";
import { Brand } from "./Brand.tsx";

/** Nothing can be shown: says why, to whoever runs the page. */
export function StartupError({ error }: { error: unknown }) {
  return (
    <main className="mx-auto grid min-h-dvh max-w-xl content-center gap-5 px-6">
      <Brand />
      <div role="alert">
        <h1 className="text-2xl font-semibold tracking-tight">{t("app.startup")}</h1>
        <p className="mt-2 text-soft">{error instanceof Error ? error.message : String(error)}</p>
      </div>
      <Button className="justify-self-start" onClick={() => location.reload()}>
        {t("app.tryAgain")}
      </Button>
    </main>
  );
}

import { t } from "../i18n/t.ts";
import { Button } from "../ui/Button.tsx";
import { reasonOf } from "../ui/states.tsx";

/** That the forecast service has no answer now, and why. */
export function Unavailable({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <>
      <p className="font-medium text-text">{t("figures.unavailable")}</p>
      <p className="mt-1 text-muted">{t("figures.unavailable.why", { reason: reasonOf(error) })}</p>
      <Button className="mt-3" onClick={onRetry}>
        {t("app.tryNow")}
      </Button>
    </>
  );
}

import { Trans } from "../i18n/Trans.tsx";
import { t } from "../i18n/t.ts";
import { Button } from "../ui/Button.tsx";

const ACCEPTED = "gridx.privacy-note";

export function privacyAccepted(): boolean {
  try {
    return localStorage.getItem(ACCEPTED) === "accepted";
  } catch {
    return false;
  }
}

export function acceptPrivacy(): void {
  try {
    localStorage.setItem(ACCEPTED, "accepted");
  } catch {
    // Without storage the note is shown again.
  }
}

/** What becomes public, said before it does. */
export function PrivacyNote({ onAccept, onCancel }: { onAccept: () => void; onCancel: () => void }) {
  return (
    <>
      <p className="text-soft">
        <Trans id="app.privacy.lead" components={{ strong: <strong className="text-text" /> }} />
      </p>
      <ul className="mt-3 list-disc space-y-2 ps-5 text-sm text-soft marker:text-violet">
        <li>{t("app.privacy.amounts")}</li>
        <li>{t("app.privacy.pattern")}</li>
        <li>{t("app.privacy.forEver")}</li>
      </ul>
      <p className="mt-3 text-sm text-muted">{t("app.privacy.private")}</p>
      <div className="mt-5 flex flex-wrap gap-3">
        <Button look="primary" onClick={onAccept}>
          {t("app.privacy.accept")}
        </Button>
        <Button onClick={onCancel}>{t("app.cancel")}</Button>
      </div>
    </>
  );
}

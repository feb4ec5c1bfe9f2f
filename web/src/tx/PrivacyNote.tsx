import { Trans } from "../i18n/Trans.tsx";
import { t } from "../i18n/t.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";

/** What becomes public, said before it does. */
export default function PrivacyNote({ onAccept, onCancel }: { onAccept: () => void; onCancel: () => void }) {
  return (
    <Dialog open title={t("tx.privacy")} onClose={onCancel}>
      <p className="text-soft">
        <Trans id="tx.privacy.lead" components={{ strong: <strong className="text-text" /> }} />
      </p>
      <ul className="mt-3 list-disc space-y-2 ps-5 text-sm text-soft marker:text-violet">
        <li>{t("tx.privacy.amounts")}</li>
        <li>{t("tx.privacy.pattern")}</li>
        <li>{t("tx.privacy.forEver")}</li>
      </ul>
      <p className="mt-3 text-sm text-muted">{t("tx.privacy.private")}</p>
      <div className="mt-5 flex flex-wrap gap-3">
        <Button look="primary" onClick={onAccept}>
          {t("tx.privacy.accept")}
        </Button>
        <Button onClick={onCancel}>{t("app.cancel")}</Button>
      </div>
    </Dialog>
  );
}

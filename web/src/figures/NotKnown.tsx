import { t } from "../i18n/t.ts";

/** What is not known is said, and never shown as 0. */
export function NotKnown() {
  return <span className="text-base font-normal text-muted">{t("figures.unknown")}</span>;
}

import { i18n } from "@lingui/core";

/** What writes numbers and times at present; undefined is the browser's own. */
export function presentLocale(): string | undefined {
  return typeof i18n.locales === "string" ? i18n.locales : undefined;
}

import { Link } from "wouter";
import { t } from "../i18n/t.ts";
import { Page } from "../ui/Page.tsx";
import { EmptyState } from "../ui/states.tsx";

export function NotFoundPage() {
  return (
    <Page title={t("app.notFound")}>
      <EmptyState title={t("app.notFound.text")}>
        <Link href="/market" className="text-cyan underline underline-offset-2">
          {t("app.notFound.market")}
        </Link>
      </EmptyState>
    </Page>
  );
}

// What a list shows when it has nothing to show.
import type { ReactNode } from "react";
import { statusOf } from "../data/queryClient.ts";
import { t } from "../i18n/t.ts";
import { Button } from "./Button.tsx";

export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="px-5 py-10 text-center">
      <p className="font-medium">{title}</p>
      {children && <div className="mx-auto mt-1 max-w-sm text-sm text-muted">{children}</div>}
    </div>
  );
}

const WIDTHS = ["w-3/4", "w-1/2", "w-2/3", "w-5/6", "w-3/5", "w-2/3"];

/** Room for rows to come, so that nothing jumps. */
export function LoadingRows({ label }: { label: string }) {
  return (
    <div className="space-y-5 px-5 py-6" role="status" aria-label={label}>
      {WIDTHS.map((width, index) => (
        <div key={`${index}-${width}`} className={`h-4 animate-pulse rounded bg-raised ${width}`} />
      ))}
    </div>
  );
}

/** What an answer said, or that there was none: as a sentence, for more follows. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error) || statusOf(error) === null) return t("app.unread.silent");
  // Its first word can be a field's name, which stays as it is.
  return /[.!?।]$/.test(error.message) ? error.message : `${error.message}.`;
}

export function ErrorState({ what, error, onRetry }: { what: string; error: unknown; onRetry: () => void }) {
  const reason = reasonOf(error);
  return (
    <div className="px-5 py-10 text-center" role="alert">
      <p className="font-medium">{t("app.unread", { what })}</p>
      <p className="mx-auto mt-1 max-w-sm text-sm text-muted">{t("app.unread.note", { reason })}</p>
      <Button className="mt-4" onClick={onRetry}>
        {t("app.tryNow")}
      </Button>
    </div>
  );
}

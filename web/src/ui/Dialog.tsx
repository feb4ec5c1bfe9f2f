import { type ReactNode, useEffect, useId, useRef } from "react";
import { t } from "../i18n/t.ts";

interface DialogProps {
  open: boolean;
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** The browser's own modal dialog: it keeps the focus, and Escape closes it. A sheet on a phone. */
export function Dialog({ open, title, onClose, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (open && !dialog?.open) dialog?.showModal();
    if (!open && dialog?.open) dialog.close();
  }, [open]);
  return (
    <dialog
      ref={ref}
      aria-labelledby={id}
      onClose={() => open && onClose()}
      className="mx-auto mt-auto mb-0 max-h-[92dvh] w-full max-w-none animate-rise overflow-y-auto overscroll-contain rounded-t-card border border-line bg-panel text-text shadow-lift sm:my-auto sm:max-w-md sm:rounded-card"
    >
      {open && (
        <>
          <header className="flex items-center justify-between gap-4 px-5 pt-4">
            <h2 id={id} className="text-lg font-semibold tracking-tight">
              {title}
            </h2>
            <button
              type="button"
              aria-label={t("app.close")}
              onClick={onClose}
              className="-me-2 grid size-11 place-items-center rounded-control text-xl text-muted hover:bg-hover hover:text-text"
            >
              <span aria-hidden="true">×</span>
            </button>
          </header>
          <div className="px-5 pt-2 pb-6">{children}</div>
        </>
      )}
    </dialog>
  );
}

import { t } from "../../i18n/t.ts";

/** Says that nothing can be bought for now, and what still can be done. */
export function PausedNote({ paused }: { paused: boolean }) {
  return (
    // There from the start, so that it is heard.
    <div role="status">
      {paused && (
        <div className="mb-5 rounded-control border border-amber/40 bg-amber/10 p-4">
          <p className="font-medium text-amber">{t("market.paused")}</p>
          <p className="mt-1 text-sm text-soft">{t("market.paused.text")}</p>
        </div>
      )}
    </div>
  );
}

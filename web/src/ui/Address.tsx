import { t } from "../i18n/t.ts";
import { shortHex } from "./format.ts";

/** A short address; the whole one on hover and for screen readers. */
export function Address({ address, me }: { address: string; me?: boolean }) {
  const hue = Number.parseInt(address.slice(2, 8), 16) % 360;
  return (
    <span className="inline-flex items-center gap-2 align-middle whitespace-nowrap" title={address}>
      <span
        aria-hidden="true"
        className="size-4 shrink-0 rounded-full"
        style={{ background: `linear-gradient(135deg, hsl(${hue} 85% 65%), hsl(${(hue + 70) % 360} 80% 45%))` }}
      />
      <span className="font-mono text-[0.8125rem]">{shortHex(address)}</span>
      {me && (
        <span className="rounded-full bg-cyan/15 px-1.5 text-[0.6875rem] font-medium text-cyan">{t("app.you")}</span>
      )}
    </span>
  );
}

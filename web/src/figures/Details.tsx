// A list of facts: what each is called beside what it is.
import type { ReactNode } from "react";

export function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-4 py-2.5 sm:grid-cols-[13rem_1fr]">
      <dt className="text-muted">{label}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </div>
  );
}

/** All digits of an id or an address. */
export const Hash = ({ children }: { children: string }) => (
  <span className="block font-mono text-xs leading-5 break-all">{children}</span>
);

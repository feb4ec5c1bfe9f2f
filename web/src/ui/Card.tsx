import { type ReactNode, useId } from "react";

interface CardProps {
  title: string;
  /** Right of the title. */
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
  flush?: boolean;
}

/** A named region of a page. */
export function Card({ title, aside, children, className = "", flush = false }: CardProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={`card min-w-0 overflow-hidden ${className}`}>
      <header className="flex min-h-14 flex-wrap items-center justify-between gap-x-4 gap-y-1 px-5 pt-4 pb-2">
        <h2 id={id} className="text-base font-semibold tracking-tight">
          {title}
        </h2>
        {aside}
      </header>
      <div className={flush ? "" : "px-5 pb-5"}>{children}</div>
    </section>
  );
}

/** One figure with its name. */
export function Stat({
  label,
  value,
  note,
  tone = "",
}: {
  label: string;
  value: ReactNode;
  note?: ReactNode;
  tone?: string;
}) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{label}</dt>
      <dd className={`mt-0.5 text-lg font-semibold tracking-tight text-balance sm:whitespace-nowrap ${tone}`}>
        {value}
      </dd>
      {note && <dd className="text-xs text-muted">{note}</dd>}
    </div>
  );
}

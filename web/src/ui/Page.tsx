import { type ReactNode, useEffect } from "react";

interface PageProps {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
}

/** A page with its heading; the browser's title follows it. */
export function Page({ title, lead, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · GridX`;
  }, [title]);
  return (
    <>
      <div className="mb-5">
        <h1 className="text-2xl font-bold tracking-tight sm:text-3xl">{title}</h1>
        {lead && <p className="mt-1 max-w-3xl text-sm text-pretty text-soft sm:text-base">{lead}</p>}
      </div>
      {children}
    </>
  );
}

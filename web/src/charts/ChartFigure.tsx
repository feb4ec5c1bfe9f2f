import { lazy, type ReactNode, Suspense, useId, useState } from "react";
import { t } from "../i18n/t.ts";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import type { Colour, PlotSpec } from "./plotSpec.ts";

const Plot = lazy(() => import("./Plot.tsx"));

interface ChartFigureProps<Row> {
  title: string;
  /** In one sentence what there is to see; also while it is loaded or can't be had. */
  summary: ReactNode;
  /** Null while there is nothing to draw. */
  plot: PlotSpec | null;
  /** In place of the drawing where it can't be had. */
  instead?: ReactNode;
  columns: Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
}

const SWATCHES: Readonly<Record<Colour, string>> = {
  cyan: "bg-cyan",
  lime: "bg-lime",
  violet: "bg-violet",
  amber: "bg-amber",
  muted: "bg-muted",
};

/** A chart with its title, a sentence about it, and a table that says the same. */
export function ChartFigure<Row>({ title, summary, plot, instead, columns, rows, rowKey }: ChartFigureProps<Row>) {
  const id = useId();
  const [open, setOpen] = useState(false);
  return (
    <figure aria-labelledby={id} className="min-w-0">
      <figcaption>
        <h3 id={id} className="text-sm font-semibold">
          {title}
        </h3>
        <p className="mt-0.5 min-h-10 text-sm text-pretty text-soft">{summary}</p>
      </figcaption>
      <div className="mt-3 h-61">
        {plot ? (
          <Suspense fallback={<Waiting />}>
            <Plot spec={plot} />
          </Suspense>
        ) : (
          (instead ?? <Waiting />)
        )}
      </div>
      <div className="mb-2 min-h-5">{plot && <Legend plot={plot} />}</div>
      <details className="border-t border-line" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="flex min-h-11 cursor-pointer items-center text-sm text-cyan">
          {t("figures.table", { title })}
        </summary>
        {open && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
          <section aria-labelledby={id} tabIndex={0} className="max-h-80 overflow-y-auto">
            <DataTable label={title} columns={columns} rows={rows} rowKey={rowKey} />
          </section>
        )}
      </details>
    </figure>
  );
}

/** Room for a chart to come, so that nothing jumps. */
function Waiting() {
  return (
    <div role="status" aria-label={t("figures.loading")} className="h-52 animate-pulse rounded-control bg-raised/60" />
  );
}

function Legend({ plot }: { plot: PlotSpec }) {
  const all = [...plot.series.map(({ label, colour }) => ({ label, colour, wide: false }))];
  const { band } = plot;
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
      {[...all, ...(band ? [{ ...band, wide: true }] : [])].map(({ label, colour, wide }) => (
        <li key={label} className="inline-flex items-center gap-1.5">
          <span
            aria-hidden="true"
            className={`w-3 rounded-sm ${wide ? "h-3 opacity-35" : "h-1"} ${SWATCHES[colour]}`}
          />
          {label}
        </li>
      ))}
    </ul>
  );
}

/** Why a chart can't be had, in its place. */
export function NoChart({ children }: { children: ReactNode }) {
  return (
    <div
      role="status"
      className="grid h-52 place-items-center rounded-control border border-line px-5 text-center text-sm"
    >
      <div className="max-w-md text-soft">{children}</div>
    </div>
  );
}

// Roles are written out because a narrow screen lays rows out as cards, and browsers then forget that it's a table.
import type { CSSProperties, ReactNode } from "react";

export interface Column<Row> {
  label: string;
  cell: (row: Row) => ReactNode;
  end?: boolean;
  /** Twelfths of the card's width on a narrow screen; 6 if not given. */
  span?: 3 | 4 | 5 | 6 | 7 | 8 | 12;
  /** No name before the cell on a narrow screen. */
  bare?: boolean;
}

interface DataTableProps<Row> {
  label: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
}

export function DataTable<Row>({ label, columns, rows, rowKey }: DataTableProps<Row>) {
  return (
    <div className="overflow-x-auto">
      {/* biome-ignore-start lint/a11y/noRedundantRoles: CSS takes the implicit ones away */}
      <table className="data-table" role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th key={column.label} role="columnheader" scope="col" className={column.end ? "end" : ""}>
                {column.bare ? <span className="sr-only">{column.label}</span> : column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row">
              {columns.map((column) => (
                <td
                  key={column.label}
                  role="cell"
                  className={column.end ? "end" : ""}
                  style={{ "--span": column.span ?? 6 } as CSSProperties}
                  data-label={column.bare ? undefined : column.label}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {/* biome-ignore-end lint/a11y/noRedundantRoles: CSS takes the implicit ones away */}
    </div>
  );
}

/** Rows of a list, page by page. */
export interface Rows<Row> {
  rows: Row[];
  /** False where there is more than was read. */
  complete: boolean;
}

/** Reads on until the list ends or there are `most` rows. */
export async function everyRow<Row>(
  page: (cursor: string | undefined) => Promise<{ items: Row[]; nextCursor: string | null }>,
  most: number,
): Promise<Rows<Row>> {
  const rows: Row[] = [];
  for (let cursor: string | undefined; ; ) {
    const { items, nextCursor } = await page(cursor);
    rows.push(...items);
    if (nextCursor === null) return { rows, complete: true };
    if (rows.length >= most) return { rows, complete: false };
    cursor = nextCursor;
  }
}

// What the analysis needs of the chain, by the indexer.
import type { IndexerClient } from "@gridx/indexer/client";
import type { Window } from "./market.ts";
import type { TradeFacts } from "./measures.ts";

const PAGE = 200;
/** More are not read for one answer. */
export const MOST_TRADES = 20_000;
const MOST_READINGS = 40_000;
const HOUSES_AT_ONCE = 4;

/** The window holds more than an answer is made of. */
export class TooMuchError extends Error {}

type Source = Pick<IndexerClient, "market" | "trades" | "houses" | "production">;

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** Rows of a list, page by page, until `enough` says so of one; that one is not among them. */
async function rowsOf<T>(
  page: (cursor?: string) => Promise<Page<T>>,
  most: number,
  enough = (_: T) => false,
): Promise<T[]> {
  const rows: T[] = [];
  for (let cursor: string | undefined; ; ) {
    const { items, nextCursor } = await page(cursor);
    for (const item of items) {
      if (enough(item)) return rows;
      rows.push(item);
    }
    if (rows.length > most) throw new TooMuchError(`more than ${most} rows`);
    if (nextCursor === null) return rows;
    cursor = nextCursor;
  }
}

/** A slot is of the window if it begins in it. */
const isIn = ({ from, to }: Window, slot: number, slotDuration: number): boolean =>
  slot * slotDuration >= from && slot * slotDuration < to;

/** Trades of the energy of the window's slots, whenever they were made: until a lot expires, that is. */
export async function readTrades(
  indexer: Source,
  window: Window,
  { slotDuration, tradingWindow }: { slotDuration: number; tradingWindow: number },
): Promise<TradeFacts[]> {
  const until = window.to + (tradingWindow + 1) * slotDuration;
  const trades = await rowsOf(
    (cursor) => indexer.trades({ from: window.from, to: until, limit: PAGE, cursor }),
    MOST_TRADES,
  );
  return trades.filter(({ slot }) => isIn(window, slot, slotDuration));
}

/**
 * Energy of lots of the window's slots that had an ask when they were attested, or of which something was sold. Null where
 * there is too much to read. A lot that was priced later and not sold is left out, and one that was taken off sale is in:
 * the list of readings does not tell.
 */
export async function readOfferedWh(
  indexer: Source,
  window: Window,
  slotDuration: number,
  trades: readonly TradeFacts[],
): Promise<bigint | null> {
  const sold = new Set(trades.map(({ seller, slot }) => `${seller}/${slot}`));
  try {
    const houses = await rowsOf((cursor) => indexer.houses({ limit: PAGE, cursor }), MOST_READINGS);
    let [offeredWh, rows] = [0n, 0];
    const queue = [...houses];
    const read = async () => {
      for (let house = queue.shift(); house; house = queue.shift()) {
        const { house: meter } = house;
        // Newest slot first, so the first one before the window ends it.
        const readings = await rowsOf(
          (cursor) => indexer.production(meter, { limit: PAGE, cursor }),
          MOST_READINGS - rows,
          ({ slot }) => slot * slotDuration < window.from,
        );
        rows += readings.length;
        for (const { seller, slot, exportWh, ask } of readings) {
          const offered = ask > 0n || sold.has(`${seller}/${slot}`);
          if (offered && isIn(window, slot, slotDuration)) offeredWh += exportWh;
        }
      }
    };
    await Promise.all(Array.from({ length: HOUSES_AT_ONCE }, read));
    return offeredWh;
  } catch (error) {
    if (error instanceof TooMuchError) return null;
    throw error;
  }
}

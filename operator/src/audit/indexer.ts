// An indexer's answers, row by row, beside what the events make.
import type { Books } from "@gridx/contracts/books";
import { createIndexerClient, type IndexerClient } from "@gridx/indexer/client";
import type { Findings } from "./findings.ts";
import { dayMarketsOf, slotMarketsOf } from "./markets.ts";
import { CannotCheck } from "./patient.ts";
import { lotsOf, usersOf, walletsOf } from "./present.ts";
import type { Rows } from "./rows.ts";
import type { Target } from "./source.ts";

export interface IndexerComparison {
  block: number;
  rows: number;
}

interface Comparison {
  url: string;
  books: Books;
  rows: Rows;
  target: Target;
  /** Brings the books and rows to a later block. */
  advance: (block: number) => Promise<void>;
  signal?: AbortSignal;
  say?: (text: string) => void;
}

type Row = Readonly<Record<string, unknown>>;
type Page<T> = Promise<{ items: T[]; nextCursor: string | null }>;

const PAGE = 200;
const ATTEMPTS = 10;
const PATIENCE_MILLISECONDS = 60_000;
const REQUEST_MILLISECONDS = 30_000;
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function* all<T>(page: (query: { limit: number; cursor?: string }) => Page<T>): AsyncGenerator<T> {
  let cursor: string | null | undefined;
  do {
    const answer = await page({ limit: PAGE, ...(cursor != null && { cursor }) });
    yield* answer.items;
    cursor = answer.nextCursor;
  } while (cursor !== null);
}

async function* listed<T>(rows: () => Promise<readonly T[]>): AsyncGenerator<T> {
  yield* await rows();
}

const plain = (value: unknown): string => (typeof value === "string" ? value.toLowerCase() : String(value));

/** Names the first row that differs; null when the lists are the same. */
async function firstWrong(
  what: string,
  expected: Iterable<object>,
  found: AsyncIterable<Row>,
  count: () => void,
): Promise<string | null> {
  const iterator = expected[Symbol.iterator]();
  let place = 0;
  for await (const row of found) {
    place += 1;
    count();
    const { value } = iterator.next() as IteratorResult<Row, undefined>;
    if (!value) return `${what} row ${place}: ${JSON.stringify(row, text)} is on no chain`;
    // An own text of the chain is compared as it is, all else without regard to case.
    const wrong = Object.entries(value).find(([key, should]) => {
      const exact = key === "beneficiary" || key === "reason" || key === "emissionSource";
      return exact ? row[key] !== should : plain(row[key]) !== plain(should);
    });
    if (wrong)
      return `${what} row ${place} (${name(value)}): ${wrong[0]} is ${plain(row[wrong[0]])}, the events make ${plain(wrong[1])}`;
  }
  const next = iterator.next() as IteratorResult<Row, undefined>;
  return next.value ? `${what} row ${place + 1} (${name(next.value)}) is missing` : null;
}

const text = (_: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value);
const name = (row: Row): string =>
  plain(row.tradeId ?? row.id ?? row.address ?? row.day ?? `${row.house ?? row.seller ?? ""} slot ${row.slot ?? "-"}`);

async function* upTo<T extends { blockNumber: number }>(block: number, rows: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const row of rows) if (row.blockNumber <= block) yield row;
}

async function reached(client: IndexerClient, block: number, signal?: AbortSignal) {
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    const market = await client.market().catch((cause: Error) => cause);
    signal?.throwIfAborted();
    if (!(market instanceof Error) && market.blockNumber >= block) return market;
    if (Date.now() > deadline) {
      const why = market instanceof Error ? market.message : `it is at block ${market.blockNumber}`;
      throw new CannotCheck(`the indexer did not come to block ${block}: ${why}`);
    }
    await pause(500);
  }
}

export async function compareIndexer(comparison: Comparison, findings: Findings): Promise<IndexerComparison> {
  const { url, books, rows, target, advance, signal, say } = comparison;
  const client = createIndexerClient(url, (input, init) => {
    const signals = [AbortSignal.timeout(REQUEST_MILLISECONDS), ...(signal ? [signal] : [])];
    return fetch(input, { ...init, signal: AbortSignal.any(signals) });
  });
  const { slotDuration } = books.deployment;
  let compared = 0;
  const count = () => {
    compared += 1;
    if (compared % 20_000 === 0) say?.(`${compared} rows of the indexer`);
  };
  const { contract, chainId } = await reached(client, target.block, signal);
  if (chainId !== books.deployment.chainId || contract.toLowerCase() !== books.deployment.address.toLowerCase())
    throw new CannotCheck(`the indexer is that of ${contract} on chain ${chainId}`);

  // Rows of the present: read between two looks at where the indexer stands, again if it moved.
  let block = target.block;
  for (let attempt = 1; ; attempt += 1) {
    const before = await reached(client, block, signal);
    block = before.blockNumber;
    await advance(block);
    const present: (string | null)[] = [
      before.head === books.head ? null : `the indexer's ledger head is ${before.head}, the events make ${books.head}`,
      await firstWrong(
        "users",
        usersOf(books),
        all((query) => client.users(query)),
        count,
      ),
      await firstWrong(
        "houses",
        [...books.houses.values()],
        all((query) => client.houses(query)),
        count,
      ),
      await firstWrong(
        "carbon wallets",
        walletsOf(books),
        all((query) => client.leaderboard(query)),
        count,
      ),
      await firstWrong(
        "lots",
        lotsOf(books, before.blockTimestamp),
        all((query) => client.lots(query)),
        count,
      ),
      await firstWrong(
        "markets/slots",
        slotMarketsOf(rows, slotDuration),
        all((query) => client.slotMarkets(query)),
        count,
      ),
      await firstWrong(
        "markets/days",
        dayMarketsOf(rows, slotDuration),
        all((query) => client.dayMarkets(query)),
        count,
      ),
    ];
    const after = await client.market();
    const wrong = present.filter((problem) => problem !== null);
    const moved = after.blockNumber !== block || after.head !== before.head;
    if (attempt < ATTEMPTS && (moved || (wrong.length > 0 && attempt < 3))) {
      await pause(300);
      continue;
    }
    if (moved) throw new CannotCheck("the indexer moves on faster than it can be read; give it a quieter moment");
    for (const problem of wrong) findings.add("indexer", problem);
    break;
  }

  // Rows of the past do not change; newer ones than the books' are passed over.
  const add = (problem: string | null) => problem !== null && findings.add("indexer", problem);
  const trades = all((query) => client.trades(query));
  add(await firstWrong("energy-trades", [...rows.trades].reverse(), upTo(block, trades), count));
  for (const house of books.houses.keys()) {
    const expected = [...(rows.readings.get(house) ?? [])].sort((a, b) => b.slot - a.slot);
    const found = all((query) => client.production(house, query));
    add(await firstWrong(`energy-production of ${house}`, expected, upTo(block, found), count));
  }
  const carbon = all((query) => client.allCarbonTransactions(query));
  add(await firstWrong("carbon-transactions", [...rows.carbon].reverse(), upTo(block, carbon), count));
  const clearings = all((query) => client.clearings(query));
  add(await firstWrong("clearings", [...rows.clearings].reverse(), upTo(block, clearings), count));
  const bySlot = new Map<number, object[]>();
  for (const row of rows.clearings) bySlot.set(row.slot, [...(bySlot.get(row.slot) ?? []), row]);
  for (const [slot, expected] of bySlot) {
    const found = listed(async () => (await client.slotClearings(slot)).clearings);
    add(await firstWrong(`clearings of slot ${slot}`, expected, upTo(block, found), count));
  }
  return { block, rows: compared };
}

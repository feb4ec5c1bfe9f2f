// What the page makes of the indexer's event stream.
import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keys } from "../../src/data/keys.ts";
import { applyBlock, applyStart } from "../../src/data/live/changes.ts";
import { type EventSourceLike, followStream } from "../../src/data/live/stream.ts";

const HEAD = `0x${"11".repeat(32)}` as const;
const standing = { blockNumber: 7, blockTimestamp: 1_700_000_000, head: HEAD, facts: 3 };
const lists = { tradeIds: [], sellers: [], buyers: [], accounts: [], meters: [], slots: [], clearedSlots: [] };
const block = (tables: string[], blockNumber = 8) => ({ ...standing, blockNumber, kinds: [], tables, ...lists });

/** The browser's, as far as it is used: the test says what comes. */
class TestSource implements EventSourceLike {
  readyState = 1;
  closed = false;
  readonly #listeners = new Map<string, (event: Event) => void>();
  addEventListener(name: string, listener: unknown) {
    this.#listeners.set(name, listener as (event: Event) => void);
  }
  close() {
    this.closed = true;
  }
  say(name: string, data?: unknown) {
    this.#listeners.get(name)?.({ data: JSON.stringify(data) } as unknown as Event);
  }
}

describe("the connection", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("tells what comes, and whether anything does", () => {
    const source = new TestSource();
    const told: unknown[] = [];
    const stop = followStream(
      "http://indexer/api/events",
      {
        live: (isLive) => told.push(isLive),
        began: ({ blockNumber }) => told.push(`began ${blockNumber}`),
        changed: ({ tables }) => told.push(tables.join()),
      },
      () => source,
    );
    source.say("start", standing);
    source.say("block", block(["lot"]));
    // Lost, and the browser takes it up again by itself.
    source.readyState = 0;
    source.say("error");
    source.say("reset", standing);
    expect(told).toEqual([true, "began 7", true, "lot", false, true, "began 7"]);
    stop();
    expect(source.closed).toBe(true);
  });

  it("asks again, ever less often, where it is refused", () => {
    const sources: TestSource[] = [];
    const stop = followStream("http://indexer/api/events", { live() {}, began() {}, changed() {} }, () => {
      const source = new TestSource();
      sources.push(source);
      return source;
    });
    const refuse = () => {
      const last = sources.at(-1);
      if (!last) throw new Error("no source");
      last.readyState = 2;
      last.say("error");
    };
    refuse();
    vi.advanceTimersByTime(4_999);
    expect(sources).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(sources).toHaveLength(2);
    refuse();
    vi.advanceTimersByTime(9_999);
    expect(sources).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(sources).toHaveLength(3);
    refuse();
    stop();
    vi.advanceTimersByTime(600_000);
    expect(sources).toHaveLength(3);
  });
});

describe("a message", () => {
  const cached = () => {
    const queries = new QueryClient();
    const all = [keys.market, keys.lots(200), keys.newestTrades(null), keys.wallet("0x00"), keys.leaderboard];
    for (const key of all) queries.setQueryData(key, { blockNumber: 7 });
    queries.setQueryData(keys.block, { number: 7, timestamp: 1_700_000_000 });
    const stale = () => all.filter((key) => queries.getQueryState(key)?.isInvalidated);
    return { queries, stale };
  };

  it("has just that read again which changed", () => {
    const { queries, stale } = cached();
    applyBlock(queries, block([]));
    expect(stale()).toEqual([]);
    applyBlock(queries, block(["lot", "account", "ledgerFact"]));
    expect(stale()).toEqual([keys.lots(200), keys.wallet("0x00")]);
    applyBlock(queries, block(["energyTrade", "carbonWallet", "market"]));
    expect(stale()).toHaveLength(5);
  });

  it("leaves the rows of a list that somebody reads where they are", () => {
    const { queries } = cached();
    queries.setQueryData(keys.tradeList(null), { pages: [], pageParams: [] });
    const isStale = () => queries.getQueryState(keys.tradeList(null))?.isInvalidated;
    applyBlock(queries, block(["energyTrade", "carbonWallet", "market"]));
    expect(isStale()).toBe(false);
    // But for a chain that was reorganised: some of them may be undone.
    applyStart(queries, standing);
    expect(isStale()).toBe(true);
  });

  it("has everything read again where the stream begins", () => {
    const { queries, stale } = cached();
    applyStart(queries, standing);
    expect(stale()).toHaveLength(5);
  });

  it("moves the chain's clock on, and never back", () => {
    const { queries } = cached();
    applyBlock(queries, block([], 9));
    expect(queries.getQueryData(keys.block)).toMatchObject({ number: 9 });
    expect(queries.getQueryData(keys.market)).toMatchObject({ blockNumber: 9, head: HEAD });
    applyBlock(queries, block([], 8));
    expect(queries.getQueryData(keys.block)).toMatchObject({ number: 9 });
  });
});

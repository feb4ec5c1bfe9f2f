// Readers who are slow, late or many, beside a feed that says what it is told to.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { BlockChange } from "../src/api/events/changes.ts";
import type { Message } from "../src/api/events/feed.ts";

const feed = vi.hoisted(() => ({
  listeners: new Set<(message: Message) => void>(),
  opened: Promise.resolve(),
  missed: [] as BlockChange[],
}));

const standing = { blockNumber: 7, blockTimestamp: 8, facts: 9, head: `0x${"a".repeat(64)}` } as const;

vi.mock("../src/api/limits.ts", () => ({
  maxEventStreams: 9,
  maxEventStreamsPerCaller: 9,
  rateLimit: { perMinute: 0, trustedProxies: 0 },
}));
vi.mock("../src/api/events/ledger.ts", () => ({ changesBetween: async () => feed.missed }));
vi.mock("../src/api/events/feed.ts", () => ({
  follow: async (listener: (message: Message) => void) => {
    await feed.opened;
    feed.listeners.add(listener);
    return { from: standing, leave: () => feed.listeners.delete(listener) };
  },
}));

const { endStreams, eventRoutes } = await import("../src/api/events/routes.ts");

const change = (blockNumber: number, bytes: number): BlockChange => ({
  ...standing,
  blockNumber,
  kinds: ["x".repeat(bytes)],
  tables: [],
  tradeIds: [],
  sellers: [],
  buyers: [],
  accounts: [],
  meters: [],
  slots: [],
  clearedSlots: [],
});

const tell = (data: BlockChange) => {
  for (const listener of [...feed.listeners]) listener({ event: "block", data });
};

async function read(headers: Record<string, string> = {}) {
  const { body } = await eventRoutes.request("/events", { headers });
  if (!body) throw new Error("no stream");
  return body.getReader();
}

const textOf = async (reader: Awaited<ReturnType<typeof read>>) =>
  new TextDecoder().decode((await reader.read()).value);

beforeEach(() => {
  vi.useFakeTimers();
  feed.opened = Promise.resolve();
  feed.missed = [];
});

afterEach(() => {
  endStreams();
  expect(feed.listeners.size).toBe(0);
  vi.useRealTimers();
});

it("who leaves too much unread is cut off, and what is unread is not kept", async () => {
  const reader = await read();
  for (let block = 8; block < 20; block++) tell(change(block, 100_000));
  expect(feed.listeners.size).toBe(0);
  await expect(reader.read()).rejects.toThrow("too much unread");
});

it("a stream that is ended while it opens ends", async () => {
  let open = () => {};
  feed.opened = new Promise((resolve) => {
    open = resolve;
  });
  const opening = read();
  await vi.advanceTimersByTimeAsync(10);
  endStreams();
  open();
  expect(await (await opening).read()).toEqual({ done: true, value: undefined });
});

const lastId = `1-1-1-0x${"b".repeat(64)}`;

it("who missed more than fits gets what fits, and then an end to come back for the rest", async () => {
  feed.missed = Array.from({ length: 30 }, (_, n) => change(n, 100_000));
  const reader = await read({ "last-event-id": lastId });
  tell(change(40, 1));
  for (let n = 0; n < 11; n++) expect(await textOf(reader)).toContain(`id: ${n}-`);
  expect(await reader.read()).toEqual({ done: true, value: undefined });
});

it("who missed more than fits and does not read it is cut off too", async () => {
  feed.missed = Array.from({ length: 30 }, (_, n) => change(n, 100_000));
  const reader = await read({ "last-event-id": lastId });
  await vi.advanceTimersByTimeAsync(15_000);
  await expect(reader.read()).rejects.toThrow("too much unread");
});

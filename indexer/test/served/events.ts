import { describe, expect, it } from "vitest";
import type { BlockEvent } from "../../client/index.ts";
import { pause, until } from "../support/indexer.ts";
import { fullSlot } from "../support/neighbourhood.ts";
import { openStream, type Stream } from "../support/stream.ts";
import { caughtUp, type Now } from "./served.ts";

export const MAX_STREAMS = 4;
export const MAX_STREAMS_OF_ONE = 3;

const blocks = ({ messages }: Stream): BlockEvent[] =>
  messages.flatMap((message) => (message.event === "block" ? [message.data] : []));

export function describeEvents(now: Now) {
  const open = (lastId?: string, caller?: string) => openStream(now().indexer.url, lastId, caller);
  const reaches = (stream: Stream, block: number) =>
    stream.next(`block ${block}`, ({ event, data }) => event === "block" && data.blockNumber >= block);

  describe("the event stream", () => {
    it("tells what each block changed, as the rows have it", async () => {
      const { place, indexer, live } = now();
      await caughtUp(now());
      const stream = await open();
      const start = await stream.next("start", ({ event }) => event === "start");
      const before = await indexer.client.market();
      expect(start.data).toMatchObject({ head: before.head, blockNumber: before.blockNumber });
      const { slot, asks, bids } = await fullSlot(place);
      const hash = await place.send(place.admin, "clearSlot", [slot, 4_000_000n, asks, bids, 100n]);
      await live(30);
      await place.client.mine({ blocks: 3 });
      await reaches(stream, await caughtUp(now()));
      const told = blocks(stream);
      const { trades, blockNumber } = await indexer.client.transaction(hash);
      const cleared = told.find((block) => block.blockNumber === blockNumber);
      expect(cleared?.clearedSlots).toEqual([slot]);
      expect(cleared?.slots).toEqual([slot]);
      expect(cleared?.tradeIds).toEqual(trades.map(({ tradeId }) => tradeId));
      expect(new Set(cleared?.buyers)).toEqual(new Set(trades.map(({ buyer }) => buyer)));
      expect(new Set(cleared?.sellers)).toEqual(new Set(trades.map(({ seller }) => seller)));
      expect(cleared?.tables).toEqual(expect.arrayContaining(["energyTrade", "carbonWallet", "slotClearing"]));
      const all = (await indexer.client.trades({ limit: 200 })).items.filter(
        (trade) => trade.blockNumber > before.blockNumber,
      );
      expect(told.flatMap(({ tradeIds }) => tradeIds)).toEqual(all.map(({ tradeId }) => tradeId).reverse());
      expect(told.at(-1)).toMatchObject({ head: (await indexer.client.market()).head });
      expect(told.every(({ blockNumber }, n) => n === 0 || blockNumber > (told[n - 1]?.blockNumber ?? 0))).toBe(true);
      stream.close();
    });

    it("goes on where a reader left, without a gap or a double", async () => {
      const { live } = now();
      const whole = await open();
      await live(10);
      await reaches(whole, await caughtUp(now()));
      const [first] = whole.messages;
      const later = await open(first?.id);
      await live(10);
      const last = await caughtUp(now());
      await Promise.all([reaches(whole, last), reaches(later, last)]);
      const facts = (stream: Stream) => blocks(stream).filter(({ kinds }) => kinds.length > 0);
      expect(facts(later)).toEqual(facts(whole));
      expect(later.messages.some(({ event }) => event !== "block")).toBe(false);
      for (const stream of [whole, later]) stream.close();
    });

    it("says reset to a reader who comes from another chain, or with nonsense", async () => {
      const from = `${await caughtUp(now())}-1-5-0x${"1".repeat(64)}`;
      for (const id of [from, "nonsense", from.replace(/^\d+/, "99999999")]) {
        const stream = await open(id);
        await stream.next("reset", ({ event }) => event === "reset");
        stream.close();
      }
    });

    it("says reset after a reorganisation", async () => {
      const { place, indexer } = now();
      const buyer = place.buyers[2] ?? place.admin;
      for (const amount of [21n, 22n, 23n]) await place.send(buyer, "deposit", [amount]);
      await caughtUp(now());
      const stream = await open();
      await stream.next("start", ({ event }) => event === "start");
      await place.client.request({ method: "anvil_reorg" as never, params: [2, []] as never });
      await place.send(buyer, "deposit", [24n]);
      await caughtUp(now());
      await stream.next("reset", ({ event }) => event === "reset");
      const { head } = await indexer.client.market();
      await stream.next("the new head", ({ data }) => data.head === head);
      stream.close();
    });

    it("has so many readers and no more, and forgets who left", async () => {
      await pause(100);
      const streams = await Promise.all(Array.from({ length: MAX_STREAMS_OF_ONE }, () => open()));
      expect(streams.map(({ status }) => status)).toEqual(streams.map(() => 200));
      expect((await open()).status).toBe(429);
      streams.push(await open(undefined, "3.3.3.3"));
      expect(streams.at(-1)?.status).toBe(200);
      expect((await open(undefined, "4.4.4.4")).status).toBe(503);
      for (const stream of streams) stream.close();
      await until("a free place", async () => {
        const stream = await open();
        stream.close();
        return stream.status === 200;
      });
    });

    it("gives no place to a reader of the head alone", async () => {
      for (let n = 0; n < MAX_STREAMS; n++) {
        const { status, headers } = await fetch(`${now().indexer.url}/api/events`, { method: "HEAD" });
        expect({ status, type: headers.get("content-type") }).toEqual({
          status: 200,
          type: "text/event-stream; charset=utf-8",
        });
      }
      const stream = await open();
      expect(stream.status).toBe(200);
      stream.close();
    });
  });
}

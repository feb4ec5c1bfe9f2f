import { describe, expect, it } from "vitest";
import { all } from "../support/compare.ts";
import { caughtUp, getFrom, type Now } from "./served.ts";

/** Lines of a CSV without quoted line breaks. */
const linesOf = (text: string) => text.trimEnd().split("\r\n");

export function describeLists(now: Now) {
  describe("lists of trades and carbon", () => {
    it("are narrowed by time, wallet and slot, page by page", async () => {
      await caughtUp(now());
      const { client } = now().indexer;
      const trades = await all(client.trades);
      const middle = trades[Math.floor(trades.length / 2)];
      const [newest] = trades;
      if (!middle || !newest) throw new Error("no trades");
      const { buyer: wallet, slot } = middle;
      const [from, to] = [middle.blockTimestamp, newest.blockTimestamp];
      const filtered = (query: { from?: number; to?: number; slot?: number; wallet?: string }) =>
        all((page) => client.trades({ ...query, ...page }));
      const inTime = ({ blockTimestamp }: { blockTimestamp: number }) => blockTimestamp >= from && blockTimestamp < to;
      const isOf = (trade: typeof middle) => [trade.buyer, trade.seller].includes(wallet);
      expect(await filtered({ from, to })).toEqual(trades.filter(inTime));
      expect(await filtered({ slot })).toEqual(trades.filter((trade) => trade.slot === slot));
      expect(await filtered({ wallet })).toEqual(trades.filter(isOf));
      expect(await filtered({ wallet, from, to })).toEqual(trades.filter((trade) => isOf(trade) && inTime(trade)));
      expect(await filtered({ from: to + 10 ** 6 })).toEqual([]);
      expect(await filtered({ to: 1 })).toEqual([]);
      expect(await all((page) => client.userTrades(wallet, { from, to, ...page }))).toEqual(
        trades.filter((trade) => isOf(trade) && inTime(trade)),
      );
      const carbon = await all(client.allCarbonTransactions);
      expect(carbon.filter(({ kind }) => kind === "earned").map(({ id }) => id)).toEqual(
        trades.map(({ tradeId }) => tradeId),
      );
      const ofSlot = await all((page) => client.allCarbonTransactions({ slot, ...page }));
      expect(ofSlot.map(({ id }) => id)).toEqual((await filtered({ slot })).map(({ tradeId }) => tradeId));
      expect(await all((page) => client.allCarbonTransactions({ wallet, from, to, ...page }))).toEqual(
        carbon.filter((row) => row.address === wallet && inTime(row)),
      );
    });

    it("are of slots and days, narrowed by when these began", async () => {
      await caughtUp(now());
      const { client } = now().indexer;
      const slots = await all(client.slotMarkets);
      const middle = slots[Math.floor(slots.length / 2)];
      const [newest] = slots;
      if (!middle || !newest) throw new Error("no slots");
      const narrowed = (from?: number, to?: number) => all((page) => client.slotMarkets({ from, to, ...page }));
      expect(await narrowed(middle.start)).toEqual(slots.filter(({ slot }) => slot >= middle.slot));
      expect(await narrowed(middle.start + 1)).toEqual(slots.filter(({ slot }) => slot > middle.slot));
      expect(await narrowed(undefined, newest.start)).toEqual(slots.slice(1));
      expect(await narrowed(undefined, newest.start + 1)).toEqual(slots);
      const days = await all(client.dayMarkets);
      const volume = (rows: readonly { volumeWh: bigint }[]) => rows.reduce((sum, { volumeWh }) => sum + volumeWh, 0n);
      for (const day of days) {
        expect(volume(await narrowed(day.start, day.start + 86_400))).toBe(day.volumeWh);
        expect(await all((page) => client.dayMarkets({ from: day.start, to: day.start + 1, ...page }))).toEqual([day]);
      }
      expect(volume(days)).toBe(volume(slots));
    });

    it("do not have a trade that never was", async () => {
      const nothing = `energy-trades/0x${"1".repeat(64)}`;
      expect(await getFrom(now(), nothing)).toMatchObject({ status: 404, body: { error: { code: "not_found" } } });
    });

    it.each([
      ["energy-trades/0x12", "tradeId: expected a hash"],
      ["markets/slots?from=5&to=4", "from:"],
      ["markets/days?to=-1", "to:"],
      ["leaderboard/days?from=0", "from: expected at most 31 days before to"],
      ["leaderboard/days?from=0&to=2678401", "from: expected at most 31 days before to"],
      ["markets/days?cursor=abc", "cursor:"],
      ["energy-trades?from=yesterday", "from:"],
      ["energy-trades?to=99999999999", "to: expected Unix seconds from 0 to 9999999999"],
      ["energy-trades?from=5&to=4", "from:"],
      ["energy-trades?slot=4294967296", "slot: expected a slot from 0 to 2147483647"],
      ["energy-trades.csv?wallet=0x1", "wallet:"],
      ["carbon-transactions?slot=-1", "slot:"],
      ["clearings/first", "slot:"],
      ["carbon-transactions.csv?from=1e3", "from:"],
    ])("say 400 to %s", async (path, message) => {
      const { status, body } = await getFrom(now(), path);
      expect(status).toBe(400);
      expect(body.error?.message).toContain(message);
    });

    it("are of clearings too, with the lines that each passed over", async () => {
      await caughtUp(now());
      const { client } = now().indexer;
      const clearings = await all(client.clearings);
      const trades = (await all(client.trades)).filter(({ cleared }) => cleared);
      expect(clearings.reduce((sum, clearing) => sum + clearing.trades, 0)).toBe(trades.length);
      const slots = [...new Set(clearings.map(({ slot }) => slot))];
      const each = await Promise.all(slots.map((slot) => client.slotClearings(slot)));
      for (const one of each) {
        expect(one.clearings).toEqual(clearings.filter(({ slot }) => slot === one.slot).reverse());
      }
      expect(each.flatMap(({ skipped }) => skipped).length).toBeGreaterThan(4);
      expect(await client.slotClearings(1)).toEqual({ slot: 1, clearings: [], skipped: [] });
    });

    it("come as CSV with units, of the same rows", async () => {
      const block = await caughtUp(now());
      const { client, url } = now().indexer;
      const trades = await all(client.trades);
      const response = await fetch(`${url}/api/energy-trades.csv`);
      expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
      expect(Number(response.headers.get("x-block-number"))).toBe(block);
      const [head, ...lines] = linesOf(await response.text());
      expect(head).toContain("energy (Wh),price per kWh (1e-6 ");
      expect(lines.map((line) => line.split(",").at(-1))).toEqual(trades.map(({ tradeId }) => tradeId));
      const wallet = trades[0]?.buyer;
      const some = linesOf(await (await fetch(`${url}/api/energy-trades.csv?wallet=${wallet}`)).text());
      expect(some.length - 1).toBe(
        trades.filter((trade) => [trade.buyer, trade.seller].includes(wallet ?? "0x")).length,
      );
    });

    it("come as CSV that no spreadsheet computes", async () => {
      const { place, indexer } = now();
      const rich = (await all(indexer.client.leaderboard)).find(({ balanceGrams }) => balanceGrams > 0n);
      if (!rich) throw new Error("nobody has carbon");
      await place.send(rich.address, "spendCarbon", [1n, '=HYPERLINK("http://x")', " +1,\r\n2"]);
      await caughtUp(now());
      const text = await (await fetch(`${indexer.url}/api/carbon-transactions.csv?wallet=${rich.address}`)).text();
      expect(text).toContain(`,"'=HYPERLINK(""http://x"")","' +1,\r\n2",`);
    });
  });
}

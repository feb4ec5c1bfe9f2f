// A transaction by its hash, asked for or posted.
import { describe, expect, it } from "vitest";
import { caughtUp, getFrom, type Now } from "./served.ts";

/** What a body is answered with. */
export const post = (now: Now, body: unknown) =>
  getFrom(now(), "energy-trades", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

export function describeTransactions(now: Now) {
  describe("a transaction", () => {
    it("is pending, then indexed, with its trades; or reverted, or unknown", async () => {
      const { place, indexer } = now();
      const [trade] = (await indexer.client.trades({ limit: 1 })).items;
      if (!trade) throw new Error("no trade");
      const found = await indexer.client.transaction(trade.transactionHash.toUpperCase().replace("0X", "0x"));
      expect(found).toMatchObject({ status: "indexed", blockNumber: trade.blockNumber });
      expect(found.trades.length).toBeGreaterThan(0);
      expect(found.trades.every(({ transactionHash }) => transactionHash === trade.transactionHash)).toBe(true);

      const posted = await post(now, { transactionHash: trade.transactionHash });
      expect(posted.body.data).toEqual((await getFrom(now(), `blockchain/tx/${trade.transactionHash}`)).body.data);

      const buyer = place.buyers[3] ?? place.admin;
      await place.client.setAutomine(false);
      const waiting = await place.send(buyer, "deposit", [1n], { gas: 200_000n });
      expect(await indexer.client.transaction(waiting)).toMatchObject({ status: "pending", blockNumber: null });
      const failing = await place.send(buyer, "deposit", [0n], { gas: 200_000n });
      await place.client.mine({ blocks: 1 });
      await place.client.setAutomine(true);
      const soon = await indexer.client.transaction(waiting);
      expect(["confirmed", "indexed"]).toContain(soon.status);
      await caughtUp(now());
      expect(await indexer.client.transaction(waiting)).toMatchObject({ status: "indexed", trades: [] });
      expect((await indexer.client.transaction(failing)).status).toBe("reverted");
      expect((await indexer.client.transaction(`0x${"1".repeat(64)}`)).status).toBe("unknown");
    });
  });
}

export function describePostedHash(now: Now) {
  describe("a posted transaction hash", () => {
    it.each([
      [{ transactionHash: "0x12" }, 400, "transactionHash: expected a hash"],
      [{ hash: `0x${"1".repeat(64)}` }, 400, "transactionHash: expected a JSON body"],
      [null, 400, "transactionHash:"],
      [{ transactionHash: "0".repeat(2000) }, 413, "the body has at most 1024 bytes"],
    ])("like %j is refused", async (body, status, message) => {
      const refused = await post(now, body);
      expect(refused.status).toBe(status);
      expect(refused.body.error?.message).toContain(message);
    });

    it("that nobody knows is unknown", async () => {
      const { body } = await post(now, { transactionHash: `0x${"2".repeat(64)}` });
      expect(body.data).toMatchObject({ status: "unknown", trades: [] });
    });
  });
}

import { describe, expect, it } from "vitest";
import { type AsOf, createIndexerClient } from "../../client/index.ts";
import { pause } from "../support/indexer.ts";
import { caughtUp, getFrom, type Now } from "./served.ts";

export function describeFreshness(now: Now) {
  describe("each answer", () => {
    it.each(["market", "energy-trades?limit=1", "users", "audit", "ready"])(
      "of %s says as of which block it is",
      async (path) => {
        const { place } = now();
        // An answer that was given before is shared for a second.
        if (path === "ready") await pause(1000);
        const blockNumber = await caughtUp(now());
        const { timestamp } = await place.latestBlock();
        const { body } = await getFrom(now(), path);
        expect(body.asOf).toMatchObject({ blockNumber, blockTimestamp: Number(timestamp) });
        expect(body.asOf?.behind).toEqual({ blocks: 0, seconds: 0 });
      },
    );

    it("says so too where it is an error", async () => {
      const blockNumber = await caughtUp(now());
      for (const path of ["nothing", "energy-trades?limit=0"]) {
        expect((await getFrom(now(), path)).body.asOf).toMatchObject({ blockNumber });
      }
    });

    it("tells the client, which goes on giving the data alone", async () => {
      const told: (AsOf | null)[] = [];
      const client = createIndexerClient(now().indexer.url, fetch, { onAnswer: (asOf) => told.push(asOf) });
      const { blockNumber } = await client.market();
      expect(told).toEqual([{ blockNumber, blockTimestamp: expect.any(Number), behind: expect.any(Object) }]);
    });
  });
}

// What callers are told who ask for what is not there, or ask wrongly.
import { describe, expect, it } from "vitest";
import { IndexerError } from "../../client/index.ts";
import { meterKey } from "../support/neighbourhood.ts";
import { getFrom, type Now } from "./served.ts";

export function describeAnswers(now: Now) {
  describe("the answers", () => {
    const nobody = meterKey("nobody").address;

    it("are zeros for a wallet that nothing happened to, and 404 for a meter that never was", async () => {
      const { indexer } = now();
      expect(await indexer.client.user(nobody)).toMatchObject({ address: nobody, balance: 0n, purchases: 0, ask: 0n });
      expect(await indexer.client.carbonWallet(nobody)).toMatchObject({ balanceGrams: 0n, spentGrams: 0n });
      expect((await indexer.client.userTrades(nobody)).items).toEqual([]);
      for (const path of [`houses/${nobody}`, `energy-production/${nobody}`, "nothing", "lots/x"]) {
        expect(await getFrom(now(), path)).toMatchObject({
          status: 404,
          body: { data: null, error: { code: "not_found" } },
        });
      }
    });

    it.each([
      ["energy-trades?limit=0", "limit: expected an integer from 1 to 200"],
      ["energy-trades?limit=201", "limit:"],
      ["users?limit=1e2", "limit:"],
      ["lots?limit=-1", "limit:"],
      ["houses?limit=", "limit:"],
      ["energy-trades?cursor=abc", "cursor:"],
      [`leaderboard?cursor=${Buffer.from('["1"]').toString("base64url")}`, "cursor:"],
      [`lots?cursor=${Buffer.from('["x","0x",1]').toString("base64url")}`, "cursor:"],
      [`energy-trades?cursor=${Buffer.from("[1e300,0]").toString("base64url")}`, "cursor:"],
      [`energy-trades?cursor=${Buffer.from("[1,99999999999]").toString("base64url")}`, "cursor:"],
      ["users/0x12", "address:"],
      ["energy-trades/user/bob", "address:"],
      ["carbon-wallet/0x/transactions", "address:"],
      ["lots?seller=0x1", "seller:"],
      ["houses?owner='", "owner:"],
      ["houses/12", "meter:"],
      ["energy-production/zz", "meter:"],
      ["blockchain/tx/0x12", "hash:"],
    ])("to %s say 400 and name the field", async (path, message) => {
      const { status, body } = await getFrom(now(), path);
      expect({ status, code: body.error?.code }).toEqual({ status: 400, code: "bad_request" });
      expect(body.error?.message).toContain(message);
    });

    it("come to the client as an error with code and status", async () => {
      const { indexer } = now();
      const error = await indexer.client.house(nobody).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(IndexerError);
      expect(error).toMatchObject({ status: 404, code: "not_found" });
    });
  });
}

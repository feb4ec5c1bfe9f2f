import { db } from "ponder:api";
import { account, carbonWallet } from "ponder:schema";
import { Hono } from "hono";
import { asc, desc, eq, sql } from "ponder";
import { answer } from "./envelope.ts";
import { addressOf, keys, pageOf, pageQuery } from "./input.ts";
import { presentWallet } from "./present.ts";

export const carbonRoutes = new Hono()
  .get("/carbon-wallet/:address", async (c) => {
    const address = addressOf(c.req.param("address"), "address");
    const [row] = await db.select().from(carbonWallet).where(eq(carbonWallet.address, address)).limit(1);
    return answer(c, presentWallet(address, row));
  })
  .get("/leaderboard", async (c) => {
    const { limit, after } = pageQuery(c, keys.leader);
    const { earnedGrams, address } = carbonWallet;
    const rows = await db
      .select({ wallet: carbonWallet, boughtWh: account.boughtWh })
      .from(carbonWallet)
      .innerJoin(account, eq(account.address, address))
      .where(
        after &&
          sql`${earnedGrams} <= ${after[0]}::numeric and (${earnedGrams} < ${after[0]}::numeric or ${address} > ${after[1]})`,
      )
      .orderBy(desc(earnedGrams), asc(address))
      .limit(limit + 1);
    const before = after?.[2] ?? 0;
    return answer(
      c,
      pageOf(
        rows,
        limit,
        ({ wallet, boughtWh }, place) => ({
          ...presentWallet(wallet.address, wallet),
          rank: before + place + 1,
          boughtWh: String(boughtWh),
        }),
        ({ wallet }, place) => [String(wallet.earnedGrams), wallet.address, before + place + 1],
      ),
    );
  });

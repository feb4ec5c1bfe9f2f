import { db } from "ponder:api";
import { account, carbonWallet } from "ponder:schema";
import { Hono } from "hono";
import { asc, desc, eq } from "ponder";
import { answer } from "./envelope.ts";
import { addressOf, keys, pageQuery } from "./input.ts";
import { behindLeader, leaderPage } from "./leaders.ts";
import { presentWallet } from "./present.ts";

export const carbonRoutes = new Hono()
  .get("/carbon-wallet/:address", async (c) => {
    const address = addressOf(c.req.param("address"), "address");
    const [row] = await db.select().from(carbonWallet).where(eq(carbonWallet.address, address)).limit(1);
    return answer(c, presentWallet(address, row));
  })
  .get("/leaderboard", async (c) => {
    const page = pageQuery(c, keys.leader);
    const { earnedGrams, address } = carbonWallet;
    const rows = await db
      .select({ wallet: carbonWallet, boughtWh: account.boughtWh })
      .from(carbonWallet)
      .innerJoin(account, eq(account.address, address))
      .where(behindLeader(earnedGrams, address, page.after))
      .orderBy(desc(earnedGrams), asc(address))
      .limit(page.limit + 1);
    return answer(
      c,
      leaderPage(
        rows,
        page,
        ({ wallet, boughtWh }) => ({ ...presentWallet(wallet.address, wallet), boughtWh: String(boughtWh) }),
        ({ wallet }) => [String(wallet.earnedGrams), wallet.address],
      ),
    );
  });

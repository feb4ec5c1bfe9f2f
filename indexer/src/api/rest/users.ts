import { db } from "ponder:api";
import { account, carbonWallet, quote } from "ponder:schema";
import { Hono } from "hono";
import { asc, eq, gt } from "ponder";
import { answer } from "./envelope.ts";
import { addressOf, keys, pageOf, pageQuery } from "./input.ts";
import { presentUser } from "./present.ts";

const accounts = () =>
  db
    .select({ account, quote, wallet: carbonWallet })
    .from(account)
    .leftJoin(quote, eq(quote.address, account.address))
    .leftJoin(carbonWallet, eq(carbonWallet.address, account.address))
    .$dynamic();

export const userRoutes = new Hono()
  .get("/users", async (c) => {
    const { limit, after } = pageQuery(c, keys.address);
    const rows = await accounts()
      .where(after && gt(account.address, after[0] as `0x${string}`))
      .orderBy(asc(account.address))
      .limit(limit + 1);
    return answer(
      c,
      pageOf(
        rows,
        limit,
        (row) => presentUser(row.account.address, row),
        (row) => [row.account.address],
      ),
    );
  })
  .get("/users/:address", async (c) => {
    const address = addressOf(c.req.param("address"), "address");
    const [row] = await accounts().where(eq(account.address, address)).limit(1);
    return answer(c, presentUser(address, row));
  });

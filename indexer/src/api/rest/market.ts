import { db } from "ponder:api";
import { lot, market } from "ponder:schema";
import { slotOf } from "@gridx/contracts";
import { Hono } from "hono";
import { and, asc, desc, eq, gt, gte, lt, sql } from "ponder";
import { getAddress } from "viem";
import { deployment } from "../../deployment.ts";
import { position } from "../position.ts";
import { answer, unavailable } from "./envelope.ts";
import { addressOf, keys, pageOf, pageQuery } from "./input.ts";
import { presentLot } from "./present.ts";

async function rules() {
  const [row] = await db.select().from(market).limit(1);
  if (!row) throw unavailable("not_ready", "the contract's deployment is not indexed yet");
  return row;
}

export const marketRoutes = new Hono()
  .get("/market", async (c) => {
    const [row, { blockNumber, blockTimestamp }] = [await rules(), await position()];
    return answer(c, {
      chainId: deployment.chainId,
      contract: deployment.address,
      runId: deployment.runId ?? null,
      blockNumber,
      blockTimestamp,
      slotDuration: deployment.slotDuration,
      feeBps: row.feeBps,
      tradingWindow: row.tradingWindow,
      shelfDelaySlots: row.shelfDelaySlots,
      membersOnly: row.membersOnly,
      minPrice: String(row.minPrice),
      maxPrice: String(row.maxPrice),
      treasury: getAddress(row.treasury),
      gramsPerMwh: row.gramsPerMwh,
      emissionSource: row.emissionSource,
      emissionVintage: row.emissionVintage,
    });
  })
  .get("/lots", async (c) => {
    const { limit, after } = pageQuery(c, keys.lot);
    const seller = c.req.query("seller");
    const [{ tradingWindow, shelfDelaySlots }, { blockTimestamp }] = [await rules(), await position()];
    const current = slotOf(blockTimestamp, deployment.slotDuration);
    const rows = await db
      .select()
      .from(lot)
      .where(
        and(
          gte(lot.slot, current - tradingWindow),
          lt(lot.slot, current - shelfDelaySlots),
          gt(lot.ask, 0n),
          gt(lot.attestedWh, lot.soldWh),
          seller === undefined ? undefined : eq(lot.seller, addressOf(seller, "seller")),
          after && sql`(${lot.ask}, -${lot.slot}, ${lot.seller}) > (${after[0]}, ${-after[2]}, ${after[1]})`,
        ),
      )
      // Among equals the one that can be sold longest comes first.
      .orderBy(asc(lot.ask), desc(lot.slot), asc(lot.seller))
      .limit(limit + 1);
    return answer(
      c,
      pageOf(rows, limit, presentLot, (row) => [String(row.ask), row.seller, row.slot]),
    );
  });

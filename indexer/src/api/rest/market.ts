import { db } from "ponder:api";
import { emergency, lot, market, slotClearing } from "ponder:schema";
import { slotOf } from "@gridx/contracts";
import { Hono } from "hono";
import { and, asc, desc, eq, gt, gte, lt, sql } from "ponder";
import { getAddress } from "viem";
import { deployment } from "../../deployment.ts";
import { answer, freshPosition, lowerPosition } from "./envelope.ts";
import { unavailable } from "./errors.ts";
import { addressOf, keys, pageOf, pageQuery } from "./input.ts";
import { presentEmergency, presentLot } from "./present.ts";

/** The rules with the emergency declared last. */
async function rules() {
  const [row] = await db
    .select({ market, emergency })
    .from(market)
    .leftJoin(emergency, eq(emergency.index, market.emergency))
    .limit(1);
  if (!row) throw unavailable("not_ready", "the contract's deployment is not indexed yet");
  return row;
}

/** What all clearings of a slot matched together. */
async function clearedIn(slot: number) {
  const [sums] = await db
    .select({ energyWh: sql<string>`sum(${slotClearing.energyWh})`, trades: sql<string>`sum(${slotClearing.trades})` })
    .from(slotClearing)
    .where(eq(slotClearing.slot, slot));
  return { energyWh: String(sums?.energyWh ?? 0), trades: Number(sums?.trades ?? 0) };
}

export const marketRoutes = new Hono()
  .get("/market", async (c) => {
    // The position before the rows: they are never older than it says.
    await freshPosition(c);
    const { market: row, emergency: declared } = await rules();
    const { clearedSlot, clearingPrice } = row;
    const cleared = clearedSlot === null ? null : await clearedIn(clearedSlot);
    const { blockNumber, blockTimestamp } = await lowerPosition(c);
    return answer(c, {
      chainId: deployment.chainId,
      contract: deployment.address,
      runId: deployment.runId ?? null,
      blockNumber,
      blockTimestamp,
      head: row.head,
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
      lastClearing:
        clearedSlot === null || clearingPrice === null
          ? null
          : { slot: clearedSlot, pricePerKwh: String(clearingPrice), ...cleared },
      emergency: presentEmergency(declared ?? undefined, blockTimestamp),
    });
  })
  .get("/lots", async (c) => {
    const { limit, after } = pageQuery(c, keys.lot);
    const seller = c.req.query("seller");
    const { blockTimestamp } = await freshPosition(c);
    const { tradingWindow, shelfDelaySlots } = (await rules()).market;
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
    await lowerPosition(c);
    return answer(
      c,
      pageOf(rows, limit, presentLot, (row) => [String(row.ask), row.seller, row.slot]),
    );
  });

// One trade, its place in the ledger, and where its energy comes from.
import { db } from "ponder:api";
import { energyProduction, energyTrade, ledgerFact } from "ponder:schema";
import { slotStart } from "@gridx/contracts";
import { Hono } from "hono";
import { and, asc, eq, sql } from "ponder";
import { deployment } from "../../deployment.ts";
import { answer } from "./envelope.ts";
import { notFound, unavailable } from "./errors.ts";
import { hashOf } from "./input.ts";
import { presentProduction, presentTrade } from "./present.ts";

export const oneTradeRoutes = new Hono().get("/energy-trades/:tradeId", async (c) => {
  const tradeId = hashOf(c.req.param("tradeId"), "tradeId");
  const [row] = await db
    .select({ trade: energyTrade, headBefore: ledgerFact.head })
    .from(energyTrade)
    .leftJoin(ledgerFact, eq(ledgerFact.index, sql`${energyTrade.fact} - 1`))
    .where(eq(energyTrade.tradeId, tradeId))
    .limit(1);
  if (!row) throw notFound(`there is no trade ${tradeId}`);
  const { trade, headBefore } = row;
  // The contract's own rules are the first facts, so there is one before any trade.
  if (headBefore === null) throw unavailable("reorganising", "the ledger is being rewritten; ask again in a moment");
  const { seller, slot } = trade;
  const { blockNumber, logIndex } = energyProduction;
  const readings = await db
    .select()
    .from(energyProduction)
    .where(
      and(
        eq(energyProduction.seller, seller),
        eq(energyProduction.slot, slot),
        // Later ones added to the lot and were not there to be bought yet.
        sql`(${blockNumber}, ${logIndex}) < (${trade.blockNumber}::bigint, ${trade.logIndex}::int)`,
      ),
    )
    .orderBy(asc(blockNumber), asc(logIndex));
  return answer(c, {
    ...presentTrade(trade),
    fact: trade.fact,
    headBefore,
    headAfter: tradeId,
    provenance: {
      slotStart: slotStart(slot, deployment.slotDuration),
      attestedWh: String(readings.reduce((sum, { exportWh }) => sum + exportWh, 0n)),
      soldBeforeWh: String(trade.lotSoldWh - trade.energyWh),
      soldAfterWh: String(trade.lotSoldWh),
      readings: readings.map(presentProduction),
    },
  });
});

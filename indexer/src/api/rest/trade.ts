// One trade, its place in the ledger, and where its energy comes from.
import { db } from "ponder:api";
import { energyProduction, energyTrade, ledgerFact, parameterChange } from "ponder:schema";
import { slotStart } from "@gridx/contracts";
import { Hono } from "hono";
import { and, asc, desc, eq, sql } from "ponder";
import { z } from "zod";
import { deployment } from "../../deployment.ts";
import { readable } from "../../text.ts";
import { answer } from "./envelope.ts";
import { notFound, unavailable } from "./errors.ts";
import { hashOf } from "./input.ts";
import { presentProduction, presentTrade } from "./present.ts";

/** As the ledger keeps it: bytes where it is no text. */
const text = z.union([z.string().transform(readable), z.object({ bytes: z.string() }).transform(({ bytes }) => bytes)]);
const factorFields = z.object({ gramsPerMwh: z.coerce.number(), source: text, vintage: text });

/** The emission factor that was in force for a trade. Rules change seldom, so few rows are passed over. */
async function factorFor(trade: Pick<typeof energyTrade.$inferSelect, "blockNumber" | "logIndex">) {
  const { kind, blockNumber, logIndex } = parameterChange;
  const [row] = await db
    .select()
    .from(parameterChange)
    .where(
      and(
        eq(kind, "emission_factor"),
        sql`(${blockNumber}, ${logIndex}) < (${trade.blockNumber}::bigint, ${trade.logIndex}::int)`,
      ),
    )
    .orderBy(desc(blockNumber), desc(logIndex))
    .limit(1);
  if (!row) throw reorganising();
  return { ...factorFields.parse(row.fields), transactionHash: row.transactionHash };
}

const reorganising = () => unavailable("reorganising", "the ledger is being rewritten; ask again in a moment");

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
  if (headBefore === null) throw reorganising();
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
    emissionFactor: await factorFor(trade),
    provenance: {
      slotStart: slotStart(slot, deployment.slotDuration),
      attestedWh: String(readings.reduce((sum, { exportWh }) => sum + exportWh, 0n)),
      soldBeforeWh: String(trade.lotSoldWh - trade.energyWh),
      soldAfterWh: String(trade.lotSoldWh),
      readings: readings.map(presentProduction),
    },
  });
});

import { ponder } from "ponder:registry";
import { carbonTransaction, dayMarket, energyTrade, lot, slotMarket } from "ponder:schema";
import { paymentOf } from "@gridx/contracts";
import { deployment } from "./deployment.ts";
import { appendFact, originOf } from "./ledger/append.ts";
import { changeAccount, changeWallet } from "./rows.ts";

const SECONDS_PER_DAY = 86_400n;

type Totals = Omit<typeof slotMarket.$inferSelect, "slot">;

function higher(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

function add(a: Totals, b: Totals): Totals {
  return {
    volumeWh: a.volumeWh + b.volumeWh,
    turnover: a.turnover + b.turnover,
    fees: a.fees + b.fees,
    high: higher(a.high, b.high),
    low: -higher(-a.low, -b.low),
    trades: a.trades + b.trades,
    carbonGrams: a.carbonGrams + b.carbonGrams,
  };
}

// `CarbonEarned` only repeats its trade, so nothing listens to it: the carbon is booked here, once.
ponder.on("GridX:EnergyTradeLogged", async ({ event, context }) => {
  const { tradeId, seller, buyer, slot, energyWh, pricePerKwh, feePaid, carbonGrams } = event.args;
  const payment = paymentOf(energyWh, pricePerKwh);
  const origin = originOf(event);
  await context.db
    .insert(energyTrade)
    .values({ tradeId, seller, buyer, slot, energyWh, pricePerKwh, payment, feePaid, carbonGrams, ...origin });
  await context.db.update(lot, { seller, slot }).set((row) => ({ soldWh: row.soldWh + energyWh }));
  await changeAccount(context, buyer, (row) => ({
    balance: row.balance - payment - feePaid,
    boughtWh: row.boughtWh + energyWh,
    paid: row.paid + payment,
    feesPaid: row.feesPaid + feePaid,
    purchases: row.purchases + 1,
  }));
  await changeAccount(context, seller, (row) => ({
    balance: row.balance + payment,
    soldWh: row.soldWh + energyWh,
    earned: row.earned + payment,
    sales: row.sales + 1,
  }));
  await changeWallet(context, buyer, (row) => ({
    balanceGrams: row.balanceGrams + carbonGrams,
    earnedGrams: row.earnedGrams + carbonGrams,
  }));
  await context.db.insert(carbonTransaction).values({
    id: tradeId,
    address: buyer,
    kind: "earned",
    grams: carbonGrams,
    tradeId,
    beneficiary: null,
    reason: null,
    ...origin,
  });
  const totals: Totals = {
    volumeWh: energyWh,
    turnover: payment,
    fees: feePaid,
    high: pricePerKwh,
    low: pricePerKwh,
    trades: 1,
    carbonGrams,
  };
  const day = Number((BigInt(slot) * BigInt(deployment.slotDuration)) / SECONDS_PER_DAY);
  await context.db
    .insert(slotMarket)
    .values({ slot, ...totals })
    .onConflictDoUpdate((row) => add(row, totals));
  await context.db
    .insert(dayMarket)
    .values({ day, ...totals })
    .onConflictDoUpdate((row) => add(row, totals));
  await appendFact(context, "EnergyTradeLogged", event);
});

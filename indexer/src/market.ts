import { ponder } from "ponder:registry";
import { carbonTransaction, energyTrade, lot } from "ponder:schema";
import { paymentOf } from "@gridx/contracts";
import { appendFact, ledgerSoFar, originOf } from "./ledger/append.ts";
import { changeAccount, changeWallet } from "./rows.ts";
import { addTrade } from "./totals.ts";

// `CarbonEarned` only repeats its trade, so nothing listens to it: the carbon is booked here, once.
ponder.on("GridX:EnergyTradeLogged", async ({ event, context }) => {
  const { tradeId, seller, buyer, slot, energyWh, pricePerKwh, feePaid, carbonGrams } = event.args;
  const payment = paymentOf(energyWh, pricePerKwh);
  const origin = originOf(event);
  const trade = { tradeId, seller, buyer, slot, energyWh, pricePerKwh, payment, feePaid, carbonGrams };
  // The event is the same for both kinds; `SlotCleared` marks the ones that it made.
  const { facts: fact } = await ledgerSoFar(context);
  const { soldWh: lotSoldWh } = await context.db
    .update(lot, { seller, slot })
    .set((row) => ({ soldWh: row.soldWh + energyWh }));
  await context.db.insert(energyTrade).values({ ...trade, cleared: false, fact, lotSoldWh, ...origin });
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
  await addTrade(context, trade, lotSoldWh === energyWh);
  await appendFact(context, "EnergyTradeLogged", event);
});

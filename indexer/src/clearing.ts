import { ponder } from "ponder:registry";
import { energyTrade, fillSkipped, ledgerFact, slotClearing } from "ponder:schema";
import { skipReasons } from "@gridx/contracts";
import { appendFact, ledgerSoFar, originOf } from "./ledger/append.ts";
import { addToMarkets } from "./totals.ts";

ponder.on("GridX:SlotCleared", async ({ event, context }) => {
  const { slot, pricePerKwh, energyWh, trades } = event.args;
  const { facts } = await ledgerSoFar(context);
  // A clearing makes its trades and then this event, with no other fact between: they are the last ones of the ledger.
  let turnover = 0n;
  for (let index = facts - trades; index < facts; index++) {
    const fact = await context.db.find(ledgerFact, { index });
    if (fact?.kind !== "EnergyTradeLogged") throw new Error(`fact ${index} was cleared and is no trade`);
    const trade = await context.db.update(energyTrade, { tradeId: fact.head }).set({ cleared: true });
    turnover += trade.payment;
  }
  await context.db.insert(slotClearing).values({ slot, pricePerKwh, energyWh, trades, ...originOf(event) });
  await addToMarkets(context, slot, {
    clearedWh: energyWh,
    clearedTurnover: turnover,
    clearingPrice: pricePerKwh,
  });
  await appendFact(context, "SlotCleared", event, { clearedSlot: slot, clearingPrice: pricePerKwh });
});

ponder.on("GridX:FillSkipped", async ({ event, context }) => {
  const { slot, participant, reason } = event.args;
  const why = skipReasons[reason] ?? String(reason);
  await context.db.insert(fillSkipped).values({ slot, participant, reason: why, ...originOf(event) });
});

import { ponder } from "ponder:registry";
import { energyProduction, house, lot, readingRejected } from "ponder:schema";
import { rejectionReasons } from "@gridx/contracts";
import { houseOfMeter } from "./houses.ts";
import { appendFact, originOf } from "./ledger/append.ts";
import { changeAccount, changeQuote } from "./rows.ts";

ponder.on("GridX:EnergyAttested", async ({ event, context }) => {
  const { meter, seller, slot, exportWh, ask } = event.args;
  const first = await houseOfMeter(context, meter);
  await context.db
    .insert(energyProduction)
    .values({ house: first, slot, meter, seller, exportWh, ask, ...originOf(event) });
  await context.db.update(house, { house: first }).set((row) => ({
    newestSlot: Math.max(row.newestSlot ?? slot, slot),
    exportedWh: row.exportedWh + exportWh,
    readings: row.readings + 1,
  }));
  // A reading of zero makes no lot; houses of one owner share one.
  if (exportWh !== 0n) {
    await context.db
      .insert(lot)
      .values({ seller, slot, attestedWh: exportWh, soldWh: 0n, ask })
      .onConflictDoUpdate((row) => ({ attestedWh: row.attestedWh + exportWh, ask }));
  }
  await changeAccount(context, seller);
  await appendFact(context, "EnergyAttested", event);
});

ponder.on("GridX:ReadingRejected", async ({ event, context }) => {
  const { meter, slot, exportWh, reason } = event.args;
  await context.db.insert(readingRejected).values({
    meter,
    slot: BigInt(slot),
    exportWh,
    reason: rejectionReasons[reason] ?? String(reason),
    ...originOf(event),
  });
});

ponder.on("GridX:AskSet", async ({ event, context }) => {
  const { seller, fromSlot, pricePerKwh } = event.args;
  await changeQuote(context, seller, (row) => ({
    ask: pricePerKwh,
    askFromSlot: fromSlot,
    previousAsk: row.askFromSlot === fromSlot ? row.previousAsk : row.ask,
  }));
  await changeAccount(context, seller);
  await appendFact(context, "AskSet", event);
});

ponder.on("GridX:LotAskSet", async ({ event, context }) => {
  const { seller, slot, pricePerKwh } = event.args;
  await context.db.update(lot, { seller, slot }).set({ ask: pricePerKwh });
  await appendFact(context, "LotAskSet", event);
});

import { type Context, ponder } from "ponder:registry";
import { emergency } from "ponder:schema";
import { appendFact, type LogEvent, ledgerSoFar, originOf } from "./ledger/append.ts";
import { readable } from "./text.ts";

/** Ends the emergency that is in force, if there is one. */
async function endPresent(context: Context, event: LogEvent) {
  const { emergency: index } = await ledgerSoFar(context);
  const present = index === null ? null : await context.db.find(emergency, { index });
  if (!present || present.endsAt <= event.block.timestamp) return;
  const { blockNumber, logIndex, blockTimestamp } = originOf(event);
  await context.db
    .update(emergency, { index: present.index })
    .set({ endedBlockNumber: blockNumber, endedLogIndex: logIndex, endedTimestamp: blockTimestamp });
}

ponder.on("GridX:EmergencyDeclared", async ({ event, context }) => {
  const { priceCap, normalWhPerSlot, essentialWhPerSlot, endsAt, reason } = event.args;
  await endPresent(context, event);
  const { facts: index } = await ledgerSoFar(context);
  await context.db.insert(emergency).values({
    index,
    priceCap,
    normalWhPerSlot,
    essentialWhPerSlot,
    endsAt: BigInt(endsAt),
    reason: readable(reason),
    ...originOf(event),
  });
  await appendFact(context, "EmergencyDeclared", event, { emergency: index });
});

ponder.on("GridX:EmergencyEnded", async ({ event, context }) => {
  await endPresent(context, event);
  await appendFact(context, "EmergencyEnded", event, { emergency: null });
});

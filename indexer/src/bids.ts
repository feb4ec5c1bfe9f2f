import { ponder } from "ponder:registry";
import { appendFact, originOf } from "./ledger/append.ts";
import { changeAccount, changeQuote } from "./rows.ts";

ponder.on("GridX:BidSet", async ({ event, context }) => {
  const { buyer, fromSlot, pricePerKwh, maxWhPerSlot } = event.args;
  const { blockNumber, logIndex, blockTimestamp } = originOf(event);
  await changeQuote(context, buyer, () => ({
    bid: pricePerKwh,
    bidWh: maxWhPerSlot,
    bidFromSlot: fromSlot,
    bidBlockNumber: blockNumber,
    bidLogIndex: logIndex,
    bidTimestamp: blockTimestamp,
  }));
  await changeAccount(context, buyer);
  await appendFact(context, "BidSet", event);
});

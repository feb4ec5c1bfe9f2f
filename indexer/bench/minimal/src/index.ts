import { type Context, ponder } from "ponder:registry";
import { seen } from "ponder:schema";

interface LogEvent {
  block: { number: bigint };
  log: { logIndex: number };
  transaction: { hash: `0x${string}` };
}

const insert = async ({ event, context }: { event: LogEvent; context: Context }) => {
  const { block, log, transaction } = event;
  const place = { blockNumber: Number(block.number), logIndex: log.logIndex };
  await context.db.insert(seen).values({ ...place, transactionHash: transaction.hash });
};

// All that the indexer listens to.
ponder.on("GridX:Deposited", insert);
ponder.on("GridX:Withdrawn", insert);
ponder.on("GridX:FeesCollected", insert);
ponder.on("GridX:BidSet", insert);
ponder.on("GridX:CarbonSpent", insert);
ponder.on("GridX:SlotCleared", insert);
ponder.on("GridX:FillSkipped", insert);
ponder.on("GridX:EmergencyDeclared", insert);
ponder.on("GridX:EmergencyEnded", insert);
ponder.on("GridX:HouseRegistered", insert);
ponder.on("GridX:HouseUpdated", insert);
ponder.on("GridX:MeterReplaced", insert);
ponder.on("GridX:HouseRetired", insert);
ponder.on("GridX:TierSet", insert);
ponder.on("GridX:EnergyAttested", insert);
ponder.on("GridX:ReadingRejected", insert);
ponder.on("GridX:AskSet", insert);
ponder.on("GridX:LotAskSet", insert);
ponder.on("GridX:EnergyTradeLogged", insert);
ponder.on("GridX:MarketParametersSet", insert);
ponder.on("GridX:EmissionFactorSet", insert);

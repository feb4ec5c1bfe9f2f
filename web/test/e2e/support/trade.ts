// The trade of a transaction as the chain's logs tell it, decoded by event signatures written out here.
import { decodeEventLog, type Hex, parseAbi } from "viem";
import { type DecodedFact, headsOf } from "./calculation.ts";
import { abi, type World } from "./world.ts";

const events = parseAbi([
  "event EnergyTradeLogged(bytes32 indexed tradeId, address indexed seller, address indexed buyer, uint32 slot, uint64 energyWh, uint96 pricePerKwh, uint96 feePaid, uint64 carbonGrams)",
  "event EnergyAttested(address indexed meter, address indexed seller, uint32 indexed slot, uint64 exportWh, uint96 ask)",
  "event AskSet(address indexed seller, uint32 fromSlot, uint96 pricePerKwh)",
  "event LotAskSet(address indexed seller, uint32 indexed slot, uint96 pricePerKwh)",
  "event Deposited(address indexed account, uint96 amount)",
  "event Withdrawn(address indexed account, address indexed to, uint96 amount)",
  "event ReadingRejected(address indexed meter, uint32 indexed slot, uint64 exportWh, uint8 reason)",
  "event BidSet(address indexed buyer, uint32 fromSlot, uint96 pricePerKwh, uint64 maxWhPerSlot)",
  "event SlotCleared(uint32 indexed slot, uint96 pricePerKwh, uint64 energyWh, uint32 trades)",
  "event FillSkipped(uint32 indexed slot, address indexed participant, uint8 reason)",
  "event TierSet(address indexed participant, uint8 tier)",
  "event EmergencyDeclared(uint96 priceCap, uint64 normalWhPerSlot, uint64 essentialWhPerSlot, uint40 endsAt, string reason)",
  "event EmergencyEnded()",
  "event CarbonEarned(address indexed account, bytes32 indexed tradeId, uint64 grams)",
]);
const NO_FACTS = ["ReadingRejected", "CarbonEarned", "FillSkipped"];
const ORDER = new Map(events.map((event) => [event.name as string, event.inputs.map((input) => input.name ?? "")]));

/** The buyer's only trade, and its id computed from the head before its block. */
export async function onlyTradeOf(world: World, buyer: Hex) {
  const { client, contract } = world;
  const [tradeLogged] = events;
  const logs = await client.getLogs({
    address: contract,
    event: tradeLogged,
    args: { buyer },
    fromBlock: 0n,
    strict: true,
  });
  const [log] = logs;
  if (!log || logs.length !== 1) throw new Error(`${logs.length} trades instead of one`);
  const { blockNumber, logIndex, transactionHash } = log;
  const block = await client.getBlock({ blockNumber });
  const before = await client.readContract({
    ...{ address: contract, abi, functionName: "head" },
    blockNumber: blockNumber - 1n,
  });
  const facts: (DecodedFact & { logIndex: number })[] = [];
  for (const raw of await client.getLogs({ address: contract, fromBlock: blockNumber, toBlock: blockNumber })) {
    const { eventName, args } = decodeEventLog({ abi: events, data: raw.data, topics: raw.topics });
    if (NO_FACTS.includes(eventName)) continue;
    const named = args as unknown as Record<string, unknown>;
    const values = (ORDER.get(eventName) ?? []).map((name) => named[name]);
    facts.push({ name: eventName, values, logIndex: raw.logIndex });
  }
  const heads = headsOf(before as Hex, block.timestamp, facts);
  const computedId = heads[facts.findIndex((fact) => fact.logIndex === logIndex)];
  return { ...log.args, blockNumber, blockTimestamp: block.timestamp, logIndex, transactionHash, computedId };
}

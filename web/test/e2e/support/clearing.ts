// Clears slots where nobody else does, and tells what clearings brought a buyer.
import { type Hex, parseAbiItem } from "viem";
import { operatorOf } from "./operators.ts";
import type { World } from "./world.ts";

const TRADE = parseAbiItem(
  "event EnergyTradeLogged(bytes32 indexed tradeId, address indexed seller, address indexed buyer, uint32 slot, uint64 energyWh, uint96 pricePerKwh, uint96 feePaid, uint64 carbonGrams)",
);
const CLEARED = parseAbiItem(
  "event SlotCleared(uint32 indexed slot, uint96 pricePerKwh, uint64 energyWh, uint32 trades)",
);
const ATTESTED = parseAbiItem(
  "event EnergyAttested(address indexed meter, address indexed seller, uint32 indexed slot, uint64 exportWh, uint96 ask)",
);
const PATIENCE_MS = 240_000;
const SLOTS_TO_WAIT = 8;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export async function tradesOf({ client, contract }: World, buyer: Hex) {
  return client.getLogs({ address: contract, event: TRADE, args: { buyer }, fromBlock: 0n, strict: true });
}

/** Prices at which a slot was cleared: one. */
export async function clearingPrices({ client, contract }: World, slot: number): Promise<bigint[]> {
  const logs = await client.getLogs({ address: contract, event: CLEARED, args: { slot }, fromBlock: 0n, strict: true });
  return [...new Set(logs.map(({ args }) => args.pricePerKwh))];
}

/** Waits until a clearing has served the standing bid of a buyer; clears slots itself where the operator does not. */
export async function untilServed(world: World, buyer: Hex): Promise<void> {
  const fromBlock = await world.client.getBlockNumber();
  const deadline = Date.now() + PATIENCE_MS;
  let clear: (() => Promise<void>) | null = null;
  while ((await tradesOf(world, buyer)).length === 0) {
    if (Date.now() > deadline) throw new Error("no clearing served the bid");
    // A neighbour can be faster; the next slot follows soon.
    if (clear) await clear().catch(() => undefined);
    else if (await isLeftAlone(world, fromBlock)) clear = await clearerOf(world, buyer, fromBlock);
    await pause(500);
  }
}

/** Energy was reported for so many slots, and nobody has cleared one. */
async function isLeftAlone(world: World, fromBlock: bigint): Promise<boolean> {
  const { client, contract } = world;
  const cleared = await client.getLogs({ address: contract, event: CLEARED, fromBlock });
  if (cleared.length > 0) return false;
  return (await exportsSince(world, fromBlock)).length >= SLOTS_TO_WAIT;
}

/** Slots with reported energy and their sellers, oldest first. */
async function exportsSince({ client, contract }: World, fromBlock: bigint) {
  const logs = await client.getLogs({ address: contract, event: ATTESTED, fromBlock, strict: true });
  const sellers = new Map<number, Hex[]>();
  for (const { args } of logs) {
    if (args.exportWh > 0n) sellers.set(args.slot, [...(sellers.get(args.slot) ?? []), args.seller]);
  }
  return [...sellers].map(([slot, of]) => ({ slot, sellers: [...new Set(of)] })).sort((a, b) => a.slot - b.slot);
}

/** Clears the newest slot that has something left, for one buyer alone. */
async function clearerOf(world: World, buyer: Hex, fromBlock: bigint) {
  const { bidOf, lotOf } = world;
  const send = await operatorOf(world, "MARKET_OPERATOR_ROLE");
  return async () => {
    const bid = await bidOf(buyer);
    const newest = (await exportsSince(world, fromBlock)).at(-1);
    if (!newest || newest.slot < bid.slot) return;
    const { slot, sellers } = newest;
    const lots = await Promise.all(sellers.map(async (seller) => ({ seller, ...(await lotOf(seller, slot)) })));
    const offers = lots
      .filter(({ attestedWh, soldWh, ask }) => attestedWh > soldWh && ask > 0n)
      .sort((a, b) => Number(a.ask - b.ask));
    const dearest = offers.at(-1);
    if (!dearest) return;
    const asks = offers.map(({ seller, attestedWh, soldWh }) => ({
      participant: seller,
      energyWh: attestedWh - soldWh,
    }));
    const bids = [{ participant: buyer, energyWh: bid.maxWhPerSlot }];
    await send("clearSlot", [slot, dearest.ask, asks, bids, 1n]);
  };
}

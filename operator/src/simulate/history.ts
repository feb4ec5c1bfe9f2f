// The days before the live play, put on the chain in one fat block a slot: first the readings, then the slot's clearing,
// then what households still lacked in the slot whose shelf opens, then their asks and bids for the next.
import { slotStart } from "@gridx/contracts";
import type { Address } from "viem";
import { latestBlock } from "../chain/rpc.ts";
import { adjustAsks } from "./asks.ts";
import { adjustBids } from "./bids.ts";
import { Escrow } from "./escrow.ts";
import { clearHistorySlot } from "./history-clearing.ts";
import { attestIntent, buyIntent, type Intent, needsOf, signReadings } from "./households.ts";
import { planBaskets } from "./market.ts";
import { mineAt, mineEmpty, settled } from "./miner.ts";
import { refusalOf } from "./output.ts";
import { firstDeposit } from "./register.ts";
import type { World } from "./world.ts";

/** Slots between looks at what became of the transactions. */
const CHUNK = 32;
/** An indexer backfills up to 30 blocks behind the newest; the rest it would index one at a time. */
const EMPTY_BLOCKS = 32;
const PROGRESS_MILLISECONDS = 400;

export async function playHistory(world: World): Promise<void> {
  const { rpc, plan, tally, emit, signal } = world;
  const total = plan.liveSlot - plan.firstSlot;
  const escrow = new Escrow(world.feeBps);
  const deposit = firstDeposit(world.deployment.tokenDecimals);
  for (const { owner } of world.players) escrow.deposit(owner.address, deposit);
  let unchecked: Intent[] = [];
  let told = 0;
  const tell = async (done: number) => {
    const { number } = await latestBlock(rpc);
    emit({ event: "history", done, total, readings: tally.attested.size, trades: tally.trades.length, block: number });
    told = Date.now();
  };
  let mining: Promise<void> = Promise.resolve();
  for (let slot = plan.firstSlot; slot < plan.liveSlot; slot += 1) {
    signal.throwIfAborted();
    const intents = await slotIntents(world, escrow, slot);
    // While the chain mines one slot, the next one is being signed.
    await mining;
    mining = mineAt(rpc, slotStart(slot + 1, plan.slotDuration), intents);
    // Awaited in the next round; until then a failure must not count as unhandled.
    mining.catch(() => {});
    unchecked.push(...intents);
    const done = slot - plan.firstSlot + 1;
    if (done % CHUNK === 0 || done === total) {
      await mining;
      await settled(world, unchecked);
      unchecked = [];
    }
    if (Date.now() - told >= PROGRESS_MILLISECONDS || done === total) {
      await mining;
      await tell(done);
    }
  }
  await mineEmpty(rpc, EMPTY_BLOCKS, plan.now);
}

async function slotIntents(world: World, escrow: Escrow, slot: number): Promise<Intent[]> {
  const { households, neighbourhood, deployment, operator, book, tally, emit } = world;
  const readings = await signReadings(households, neighbourhood, deployment, slot);
  const asks = new Map<Address, bigint>(households.map(({ owner, ask }) => [owner.address, ask]));
  for (const { meter, seller, exportWh, aboveCapacity } of readings) {
    if (aboveCapacity) {
      tally.rejected += 1;
      emit({ event: "warning", message: refusalOf(meter, slot, exportWh, "AboveCapacity") });
      continue;
    }
    tally.read(meter, slot, exportWh);
    book.attest(seller, slot, exportWh, asks.get(seller) ?? 0n);
  }
  const intents: Intent[] = [];
  if (readings.length > 0) intents.push(await attestIntent(operator, deployment, readings));
  intents.push(...(await clearHistorySlot(world, escrow, slot)));
  intents.push(...(await shelfIntents(world, escrow, slot - world.shelfDelaySlots)));
  // In this block the next slot runs, so an ask or a bid set now counts from that one on.
  intents.push(...(await adjustAsks(world, slot + 1)), ...(await adjustBids(world, slot + 1)));
  return intents;
}

/** What households buy of a slot whose shelf has opened. */
async function shelfIntents(world: World, escrow: Escrow, slot: number): Promise<Intent[]> {
  const { players, neighbourhood, deployment, byAddress, book, tally, prices, feeBps, plan } = world;
  if (slot < plan.firstSlot) return [];
  const needs = needsOf(players, neighbourhood, slot, (buyer, of) => book.boughtWh(buyer, of));
  const intents: Intent[] = [];
  for (const basket of planBaskets(slot, needs, book.offers(slot), { seed: plan.seed, feeBps, prices })) {
    const household = byAddress.get(basket.buyer);
    if (!household) continue;
    for (const { seller, energyWh, ask } of basket.lines) {
      book.trade(seller, basket.buyer, slot, energyWh);
      escrow.trade(seller, basket.buyer, energyWh, ask);
      tally.bought({ seller, buyer: basket.buyer, slot, energyWh, pricePerKwh: ask, cleared: false });
    }
    intents.push(await buyIntent(household.owner, deployment, basket));
  }
  return intents;
}

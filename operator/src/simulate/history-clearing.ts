// Clears a slot of the history by the same solver as the service, from what the operator knows it has put on the chain.
import type { Address } from "viem";
import { affordableWh } from "../clear/afford.ts";
import { nothingCleared } from "../clear/cleared.ts";
import { least, type Market } from "../clear/market.ts";
import { planSlot } from "../clear/plan.ts";
import type { Escrow } from "./escrow.ts";
import { clearIntent, type Intent } from "./households.ts";
import type { World } from "./world.ts";

const MOST_PAIRS = 150;

export async function clearHistorySlot(world: World, escrow: Escrow, slot: number): Promise<Intent[]> {
  const { book, tally, deployment, clearer } = world;
  const { clearing, parts } = planSlot(
    { market: marketOf(world, escrow, slot), cleared: nothingCleared() },
    MOST_PAIRS,
  );
  const intents: Intent[] = [];
  for (const part of parts) {
    intents.push(await clearIntent(clearer, deployment, { slot, pricePerKwh: clearing.pricePerKwh, part }));
    for (const { seller, buyer, energyWh } of part.pairs) {
      book.trade(seller, buyer, slot, energyWh);
      escrow.trade(seller, buyer, energyWh, clearing.pricePerKwh);
      tally.bought({ seller, buyer, slot, energyWh, pricePerKwh: clearing.pricePerKwh, cleared: true });
    }
  }
  return intents;
}

function marketOf({ players, book, feeBps }: World, escrow: Escrow, slot: number): Market {
  const asks = book.offers(slot).map(({ seller, availableWh, ask }) => ({
    seller,
    energyWh: availableWh,
    pricePerKwh: ask,
  }));
  const pairs = BigInt(asks.length + 1);
  const bids = players.flatMap(({ owner, bid: { maxWh, fromSlot }, limit }) => {
    const buyer: Address = owner.address;
    const affordable = affordableWh(escrow.balanceOf(buyer), limit, feeBps, pairs);
    return fromSlot <= slot ? [{ buyer, limitPerKwh: limit, energyWh: least(maxWh, affordable) }] : [];
  });
  return { asks, bids, feeBps };
}

import { askIntent, type Intent } from "./households.ts";
import { nextAsk } from "./market.ts";
import { dayOf, type World } from "./world.ts";

/** On the first slot of a day, households that sell think their asks over: what to send in that slot. */
export async function adjustAsks(world: World, slot: number): Promise<Intent[]> {
  const { players, deployment, book, plan, prices } = world;
  if (dayOf(slot, world) === dayOf(slot - 1, world)) return [];
  const slotsPerDay = Math.round(86_400 / plan.slotDuration);
  const intents: Intent[] = [];
  for (const household of players) {
    if (!household.meter) continue;
    const { exportedWh, soldWh } = book.salesOf(household.owner.address, slot - slotsPerDay, slot);
    const ask = nextAsk(household.ask, exportedWh, soldWh, prices);
    if (ask === household.ask) continue;
    household.ask = ask;
    intents.push(await askIntent(household, deployment));
  }
  return intents;
}

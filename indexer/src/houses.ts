import { type Context, ponder } from "ponder:registry";
import { house, meter } from "ponder:schema";
import type { Address } from "viem";
import { appendFact, originOf } from "./ledger/append.ts";
import { changeAccount } from "./rows.ts";

/** The house that a meter key belongs to, by its first meter's key. */
export async function houseOfMeter(context: Context, key: Address): Promise<Address> {
  const row = await context.db.find(meter, { meter: key });
  if (!row) throw new Error(`meter ${key} was never registered`);
  return row.house;
}

ponder.on("GridX:HouseRegistered", async ({ event, context }) => {
  const { meter: key, owner, capacityWatts, fromSlot } = event.args;
  const origin = originOf(event);
  await context.db.insert(house).values({
    house: key,
    meter: key,
    owner,
    capacityWatts: BigInt(capacityWatts),
    fromSlot,
    active: true,
    newestSlot: null,
    exportedWh: 0n,
    readings: 0,
    ...origin,
  });
  await context.db.insert(meter).values({ meter: key, house: key, ...origin });
  await changeAccount(context, owner);
  await appendFact(context, "HouseRegistered", event);
});

ponder.on("GridX:HouseUpdated", async ({ event, context }) => {
  const { meter: key, owner, capacityWatts } = event.args;
  await context.db
    .update(house, { house: await houseOfMeter(context, key) })
    .set({ owner, capacityWatts: BigInt(capacityWatts) });
  await changeAccount(context, owner);
  await appendFact(context, "HouseUpdated", event);
});

ponder.on("GridX:MeterReplaced", async ({ event, context }) => {
  const { oldMeter, newMeter } = event.args;
  const first = await houseOfMeter(context, oldMeter);
  await context.db.update(house, { house: first }).set({ meter: newMeter });
  await context.db.insert(meter).values({ meter: newMeter, house: first, ...originOf(event) });
  await appendFact(context, "MeterReplaced", event);
});

ponder.on("GridX:HouseRetired", async ({ event, context }) => {
  const first = await houseOfMeter(context, event.args.meter);
  await context.db.update(house, { house: first }).set({ active: false });
  await appendFact(context, "HouseRetired", event);
});

ponder.on("GridX:TierSet", async ({ event, context }) => {
  const { participant, tier } = event.args;
  await changeAccount(context, participant, () => ({ tier }));
  await appendFact(context, "TierSet", event);
});

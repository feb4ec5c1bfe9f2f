// A neighbourhood that has traded, with readings at the forecast service.
import { signMeteredBatch } from "@gridx/contracts";
import {
  act,
  fullSlot,
  type Neighbourhood,
  openMarket,
  random,
  registerHouses,
  SLOT,
} from "../../../indexer/test/support/neighbourhood.ts";
import type { Machine } from "./machine.ts";

const ACTS = 30;
/** Blocks that Ponder leaves to live indexing, which is slow. */
const UNFINAL_BLOCKS = 31;
/** Readings that each meter has signed for the forecast service. */
export const READINGS = 96;

/** Before anything is indexed: all of it is final then. */
export async function live(place: Neighbourhood): Promise<void> {
  const dice = random(7);
  await registerHouses(place);
  await openMarket(place, dice);
  for (let n = 0; n < ACTS; n += 1) await act(place, dice);
  const { slot, asks, bids } = await fullSlot(place);
  await place.send(place.admin, "clearSlot", [slot, 4_000_000n, asks, bids, 1n]);
  await place.latestBlock();
  await place.client.mine({ blocks: UNFINAL_BLOCKS });
}

/** Each meter's newest readings, signed by it and taken in. */
export async function sendReadings({ place, urls }: Machine, count = READINGS): Promise<void> {
  const now = Number((await place.client.getBlock()).timestamp);
  const first = Math.floor(now / SLOT) * SLOT - (count + 1) * SLOT;
  for (const meter of place.meters.values()) {
    const readings = Array.from({ length: count }, (_, n) => ({
      start: first + n * SLOT,
      lengthSeconds: SLOT,
      productionWh: 100 + (n % 40) * 10,
      consumptionWh: 60 + n,
      temperatureCentiCelsius: null,
      version: 1,
    }));
    const signature = await signMeteredBatch(meter, place.deployment, readings);
    const response = await fetch(`${urls.forecast}/api/readings`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ batches: [{ meter: meter.address, readings, signature }] }),
    });
    if (!response.ok) throw new Error(`readings were answered ${response.status}: ${await response.text()}`);
  }
}

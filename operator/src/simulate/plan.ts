import { slotStart } from "@gridx/contracts";
import { replayFolder } from "../data/replay.ts";
import { simulatedHomes } from "../homes/homes.ts";
import type { Neighbourhood } from "../neighbourhood.ts";
import { houseByHand } from "./households.ts";

export interface SimulationOptions {
  /** Folder of CSV readings; absent simulates homes. */
  dataDir?: string;
  /** Days of history. */
  days?: number;
  seed?: number;
  /** Unix seconds at which the history ends; pass a plan's own to the simulation, so that both agree. */
  now?: number;
}

export interface SimulationPlan {
  description: string;
  slotDuration: number;
  /** For the chain's first block: early enough to deploy and register before the first slot of the history. */
  genesisTimestamp: number;
  days: number;
  seed: number;
  now: number;
  firstSlot: number;
  liveSlot: number;
  /** First slot after the data, null where they never end. */
  endSlot: number | null;
  houses: number;
  /** The house that a wallet of its own can own (`ownerKey`); null where none has solar. */
  ownedHouse: string | null;
  /** Where the neighbourhood lies, to a tenth of a degree. */
  place: { latitude: number; longitude: number; timeZone: string };
}

/** Time to deploy and register in, while a fresh chain's clock runs on with the world's. */
const PREPARATION_SECONDS = 1800;

function complete({ dataDir, days = 7, seed = 1, now = Math.floor(Date.now() / 1000) }: SimulationOptions) {
  if (!Number.isInteger(days) || days < 1 || days > 366) throw new Error(`days of history: 1 to 366, not ${days}`);
  if (!Number.isInteger(seed)) throw new Error(`the seed must be a whole number, not ${seed}`);
  if (!Number.isInteger(now) || now < 1_000_000_000) throw new Error(`now must be Unix seconds, not ${now}`);
  return { dataDir, days, seed, now };
}

export function openNeighbourhood(options: SimulationOptions): Neighbourhood {
  const { dataDir, days, seed, now } = complete(options);
  return dataDir === undefined ? simulatedHomes({ seed, days, now }) : replayFolder({ folder: dataDir, days, now });
}

export function planOf(neighbourhood: Neighbourhood, options: SimulationOptions): SimulationPlan {
  const { days, seed, now } = complete(options);
  const { description, slotDuration, firstSlot, liveSlot, endSlot, houses } = neighbourhood;
  const preparation = Math.max(PREPARATION_SECONDS, 2 * slotDuration);
  return {
    description,
    slotDuration,
    genesisTimestamp: slotStart(firstSlot, slotDuration) - preparation,
    days,
    seed,
    now,
    firstSlot,
    liveSlot,
    endSlot,
    houses: houses.length,
    ownedHouse: houseByHand(neighbourhood)?.name ?? null,
    place: {
      latitude: tenth(houses[0]?.latitude ?? 0),
      longitude: tenth(houses[0]?.longitude ?? 0),
      timeZone: houses[0]?.timeZone ?? "UTC",
    },
  };
}

const tenth = (degrees: number): number => Math.round(degrees * 10) / 10;

/** What has to be known before the chain starts. */
export function planSimulation(options: SimulationOptions = {}): SimulationPlan {
  // One moment for the data and the plan.
  const fixed = { ...options, now: options.now ?? Math.floor(Date.now() / 1000) };
  return planOf(openNeighbourhood(fixed), fixed);
}

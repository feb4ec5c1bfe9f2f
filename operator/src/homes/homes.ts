// The neighbourhood that is simulated where no data are given: six homes with solar and four without, in Pune.
import type { Energy, Neighbourhood } from "../neighbourhood.ts";
import { between, keyOf } from "../random.ts";
import { type Habits, Household } from "./household.ts";
import { clearSkyGhi, planeIrradiance, powerOf, type Roof, sunAt } from "./solar.ts";
import { PUNE_CLIMATE, Weather } from "./weather.ts";

const PUNE = { latitude: 18.5204, longitude: 73.8567, timeZone: "Asia/Kolkata" };
export const HOMES_SLOT_DURATION = 900;
const SECONDS_PER_DAY = 86_400;
const PLACE_STREAM = 31;

interface Home extends Habits {
  name: string;
  roof: Roof | null;
}

const HOMES: readonly Home[] = [
  home("home-01", 1.1, 0.7, true, { capacityWatts: 5000, tilt: 18, azimuth: 180 }),
  home("home-02", 0.9, 0.3, false, { capacityWatts: 3000, tilt: 15, azimuth: 165 }),
  home("home-03", 1.3, 0.8, true, { capacityWatts: 6000, tilt: 20, azimuth: 200 }),
  home("home-04", 0.7, 0.2, false, { capacityWatts: 2000, tilt: 10, azimuth: 180 }),
  home("home-05", 1.0, 0.5, true, { capacityWatts: 4000, tilt: 22, azimuth: 120 }),
  home("home-06", 0.8, 0.6, false, { capacityWatts: 3000, tilt: 22, azimuth: 245 }),
  home("home-07", 1.0, 0.8, true, null),
  home("home-08", 0.8, 0.9, false, null),
  home("home-09", 1.4, 0.6, true, null),
  home("home-10", 1.2, 0.7, false, null),
];

function home(name: string, size: number, homeByDay: number, airConditioner: boolean, roof: Roof | null): Home {
  return { name, size, homeByDay, airConditioner, roof };
}

export interface HomesOptions {
  seed: number;
  days: number;
  /** Unix seconds at which the history ends. */
  now: number;
}

export function simulatedHomes({ seed, days, now }: HomesOptions): Neighbourhood {
  const slotDuration = HOMES_SLOT_DURATION;
  const weather = new Weather(seed, PUNE_CLIMATE);
  const homes = new Map(
    HOMES.map((item) => {
      const household = new Household(seed, item.name, item, weather);
      const key = keyOf(item.name);
      // Houses of one neighbourhood lie within some hundred metres of each other.
      const place = {
        latitude: PUNE.latitude + between(-0.003, 0.003, seed, PLACE_STREAM, key, 0),
        longitude: PUNE.longitude + between(-0.003, 0.003, seed, PLACE_STREAM, key, 1),
      };
      return [item.name, { ...item, ...place, household, key }] as const;
    }),
  );
  const energyOf = (name: string, slot: number): Energy | null => {
    const found = homes.get(name);
    if (!found) return null;
    const start = slot * slotDuration;
    let production = 0;
    if (found.roof) {
      const middle = start + slotDuration / 2;
      const sun = sunAt(middle, found);
      const ghi = clearSkyGhi(sun.cosZenith) * weather.clearSkyIndex(middle, slotDuration);
      const irradiance = planeIrradiance(sun, ghi, found.roof) * weather.localFactor(found.key, slot);
      production = (powerOf(found.roof, irradiance, weather.temperature(middle)) * slotDuration) / 3600;
    }
    const consumptionWh = Math.round(found.household.consumptionWh(start, slotDuration));
    return { productionWh: Math.round(production), consumptionWh };
  };
  const liveSlot = Math.floor(now / slotDuration);
  return {
    description: `${HOMES.length} simulated homes in Pune, India: ${HOMES.filter((item) => item.roof).length} with solar; seed ${seed}`,
    slotDuration,
    houses: [...homes.values()].map(({ name, roof, latitude, longitude }) => ({
      name,
      capacityWatts: roof?.capacityWatts ?? 0,
      hasSolar: roof !== null,
      latitude,
      longitude,
      timeZone: PUNE.timeZone,
      ...(roof && { tilt: roof.tilt, azimuth: roof.azimuth }),
    })),
    energyOf,
    firstSlot: liveSlot - Math.round((days * SECONDS_PER_DAY) / slotDuration),
    liveSlot,
    endSlot: null,
    notes: [],
  };
}

import { HOUR_SECONDS, type HouseSeries, valuesOf } from "./house-series.ts";

/** A missing hour of a home is taken from the same hour of one of so many days before. */
const FILL_DAYS = 14;

/** Whether all homes that have joined by an hour were read in it. Position 0 is the community's first hour. */
export interface CommunitySeries extends HouseSeries {
  /** 1 where a home's missing hour was filled in from an earlier day. */
  filled: Uint8Array;
}

/**
 * The sum of homes, as one series. A home counts from its first reading; an hour that it misses is filled in from the newest of the
 * last 14 days that has it, and left out of the sum after that. All homes must lie on one grid of hours.
 * @throws RangeError where there is no home, or hours start at different minutes.
 */
export function communitySeries(houses: readonly HouseSeries[]): CommunitySeries {
  const [first] = houses;
  if (!first) throw new RangeError("a community needs at least one home");
  const startSeconds = Math.min(...houses.map((house) => house.startSeconds));
  const end = Math.max(...houses.map((house) => house.startSeconds + house.loadWh.length * HOUR_SECONDS));
  const length = (end - startSeconds) / HOUR_SECONDS;
  const filled = new Uint8Array(length);
  const sum = (target: "load" | "pv") => {
    const total = new Float64Array(length).fill(Number.NaN);
    for (const house of houses) {
      const shift = (house.startSeconds - startSeconds) / HOUR_SECONDS;
      if (!Number.isInteger(shift))
        throw new RangeError(`the hours of ${house.id} start at other minutes than the others'`);
      const values = valuesOf(house, target);
      let joined = false;
      for (let i = 0; i < length - shift; i += 1) {
        let value = values[i] ?? Number.NaN;
        if (!Number.isNaN(value)) joined = true;
        else if (!joined) continue;
        else {
          for (let d = 1; d <= FILL_DAYS && Number.isNaN(value); d += 1) value = values[i - 24 * d] ?? Number.NaN;
          if (Number.isNaN(value)) continue;
          filled[shift + i] = 1;
        }
        const so = total[shift + i] as number;
        total[shift + i] = Number.isNaN(so) ? value : so + value;
      }
    }
    return total;
  };
  const mean = (of: (house: HouseSeries) => number) => houses.reduce((s, house) => s + of(house), 0) / houses.length;
  return {
    id: "community",
    capacityWatts: houses.reduce((s, house) => s + house.capacityWatts, 0),
    latitude: mean((house) => house.latitude),
    longitude: mean((house) => house.longitude),
    timeZone: first.timeZone,
    startSeconds,
    loadWh: sum("load"),
    pvWh: sum("pv"),
    ...(first.weather ? { weather: first.weather } : {}),
    filled,
  };
}

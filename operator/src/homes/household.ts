// What a household uses: always-on load, refrigerator, people at home, and appliances that each run at a time of day.
// The structure (occupancy that drives appliance events) follows Richardson, Thomson, Infield, Clifford (2010),
// Energy and Buildings 42:1878. Sizes and times of day follow what metered Indian homes show: 3 to 13 kWh a day with a
// morning and a higher evening peak (Prayas Energy Group, eMARC, 2018-2020).
import { between, gaussian, keyOf, uniform } from "../random.ts";
import { localTime, type Weather } from "./weather.ts";

const [TRAIT_STREAM, EVENT_STREAM, LOAD_STREAM, AWAY_STREAM] = [21, 22, 23, 24];

interface Appliance {
  name: string;
  watts: number;
  /** Hours that one use takes. */
  hours: number;
  /** Local hours around which it starts, and the spread. */
  starts: readonly number[];
  spread: number;
  /** Chance of each start on a working day and at the weekend. */
  workday: number;
  weekend: number;
  /** Whether nobody needs to be at home for it. */
  unattended?: boolean;
}

const APPLIANCES: readonly Appliance[] = [
  { name: "water heater", watts: 2000, hours: 0.4, starts: [6.7], spread: 0.5, workday: 0.8, weekend: 0.85 },
  { name: "kitchen", watts: 900, hours: 0.6, starts: [7.6, 12.9, 19.9], spread: 0.5, workday: 0.6, weekend: 0.8 },
  { name: "television", watts: 110, hours: 3, starts: [19.5], spread: 0.8, workday: 0.85, weekend: 0.9 },
  { name: "washing machine", watts: 450, hours: 1, starts: [9.5], spread: 1.2, workday: 0.3, weekend: 0.65 },
  { name: "iron", watts: 1000, hours: 0.3, starts: [8.2, 21.3], spread: 0.5, workday: 0.25, weekend: 0.15 },
  {
    name: "water pump",
    watts: 750,
    hours: 0.4,
    starts: [6.2, 17.5],
    spread: 0.4,
    workday: 0.7,
    weekend: 0.7,
    unattended: true,
  },
];

export interface Habits {
  /** 1 is the average home; scales everything but the refrigerator. */
  size: number;
  /** Chance that someone is at home on a working day between 9 and 17. */
  homeByDay: number;
  airConditioner: boolean;
}

export class Household {
  readonly #key: number;
  readonly #seed: number;
  readonly #habits: Habits;
  readonly #weather: Weather;

  constructor(seed: number, name: string, habits: Habits, weather: Weather) {
    this.#key = keyOf(name);
    this.#seed = seed;
    this.#habits = habits;
    this.#weather = weather;
  }

  /** Energy used from `timestamp` on for `duration` seconds, in Wh. */
  consumptionWh(timestamp: number, duration: number): number {
    const hours = duration / 3600;
    const noise = 1 + 0.12 * gaussian(this.#seed, LOAD_STREAM, this.#key, Math.floor(timestamp / duration));
    const steady = (this.#alwaysOn() + this.#comfort(timestamp)) * Math.min(1.6, Math.max(0.5, noise)) * hours;
    return steady + this.#appliances(timestamp, duration);
  }

  /** Standby, router and a refrigerator at its average duty, in W. */
  #alwaysOn(): number {
    return 25 + 35 * this.#habits.size + between(30, 50, this.#seed, TRAIT_STREAM, this.#key);
  }

  #isHome(day: number, hour: number, weekday: number): boolean {
    if (hour < 9 || hour >= 17) return true;
    const chance = weekday === 0 || weekday === 6 ? 0.8 : this.#habits.homeByDay;
    return uniform(this.#seed, AWAY_STREAM, this.#key, day, hour < 13 ? 0 : 1) < chance;
  }

  /** Lights after dark, fans when warm, the air conditioner in hot evenings and nights, in W. */
  #comfort(timestamp: number): number {
    const { day, hour, weekday } = localTime(timestamp, this.#weather.climate.utcOffset);
    if (!this.#isHome(day, hour, weekday)) return 0;
    const asleep = hour < 6 || hour >= 23;
    const lights = !asleep && (hour < 7 || hour >= 18) ? 90 : asleep ? 8 : 25;
    const degrees = this.#weather.temperature(timestamp);
    const fans = Math.min(150, Math.max(0, (degrees - 22) * 18));
    const cooling = this.#habits.airConditioner && (hour >= 21 || hour < 6) ? Math.max(0, (degrees - 23) * 110) : 0;
    return (lights + fans) * this.#habits.size + Math.min(1200, cooling);
  }

  #appliances(timestamp: number, duration: number): number {
    const { day, hour } = localTime(timestamp, this.#weather.climate.utcOffset);
    const end = hour + duration / 3600;
    // An evening's use may run past midnight, which is the hours above 24 of the day before.
    return this.#usesOf(day, hour, end) + this.#usesOf(day - 1, hour + 24, end + 24);
  }

  /** Wh of the appliance uses that began on a day, between two of its hours. */
  #usesOf(day: number, from: number, to: number): number {
    const weekday = (((day + 4) % 7) + 7) % 7;
    const weekend = weekday === 0 || weekday === 6;
    let energy = 0;
    for (const [index, appliance] of APPLIANCES.entries()) {
      for (const [use, usual] of appliance.starts.entries()) {
        const keys = [this.#seed, EVENT_STREAM, this.#key, day, index * 8 + use];
        if (uniform(...keys, 0) >= (weekend ? appliance.weekend : appliance.workday)) continue;
        // Weekends begin later.
        const start = usual + appliance.spread * gaussian(...keys, 1) + (weekend && usual < 10 ? 1 : 0);
        if (!appliance.unattended && !this.#isHome(day, start, weekday)) continue;
        const overlap = Math.min(to, start + appliance.hours) - Math.max(from, start);
        if (overlap > 0) energy += overlap * appliance.watts * this.#habits.size;
      }
    }
    return energy;
  }
}

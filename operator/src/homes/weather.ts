// Seeded weather that a neighbourhood shares.
import { autoregressive, uniform } from "../random.ts";

const [DAY_STREAM, CLOUD_STREAM, HEAT_STREAM, LOCAL_STREAM] = [11, 12, 13, 14];
/** Clouds change within an hour or so: correlation from one quarter of an hour to the next. */
const CLOUD_MEMORY = 0.85;
/** Fine days follow fine days: lag-1 correlation of daily clearness, as in Graham, Hollands, Huget (1988), Solar Energy 40:83. */
const DAY_MEMORY = 0.4;

export interface Climate {
  /** Seconds east of UTC. */
  utcOffset: number;
  /** Mean clear-sky index (irradiance over that of a clear sky) by month. */
  clearness: readonly number[];
  /** Mean daily lowest and highest temperature by month, Celsius. */
  lowest: readonly number[];
  highest: readonly number[];
}

/** Pune, India: shape of the monsoon year after the climatological normals of the India Meteorological Department. */
export const PUNE_CLIMATE: Climate = {
  utcOffset: 19_800,
  clearness: [0.95, 0.96, 0.95, 0.93, 0.9, 0.66, 0.52, 0.55, 0.7, 0.84, 0.9, 0.93],
  lowest: [11, 12, 16, 20, 22, 23, 22, 21, 20, 18, 14, 11],
  highest: [30, 32, 36, 38, 37, 32, 28, 28, 30, 32, 30, 29],
};

const SECONDS_PER_DAY = 86_400;

export interface LocalTime {
  /** Days since 1970 on the local calendar. */
  day: number;
  /** Hours since local midnight. */
  hour: number;
  month: number;
  /** Sunday is 0. */
  weekday: number;
}

export function localTime(timestamp: number, utcOffset: number): LocalTime {
  const local = timestamp + utcOffset;
  const day = Math.floor(local / SECONDS_PER_DAY);
  const date = new Date(local * 1000);
  return { day, hour: (local - day * SECONDS_PER_DAY) / 3600, month: date.getUTCMonth(), weekday: date.getUTCDay() };
}

export class Weather {
  readonly climate: Climate;
  readonly #seed: number;

  constructor(seed: number, climate: Climate) {
    this.#seed = seed;
    this.climate = climate;
  }

  /** Irradiance over that of a clear sky, 0.05 to 1: the month's mean, the day's character, and passing clouds. */
  clearSkyIndex(timestamp: number, slotDuration: number): number {
    const { day, month } = localTime(timestamp, this.climate.utcOffset);
    const mean = this.climate.clearness[month] ?? 0.8;
    const spread = 0.05 + 0.9 * (1 - mean) * mean;
    const daily = mean + spread * autoregressive(DAY_MEMORY, day, this.#seed, DAY_STREAM);
    // A middling day is a broken sky, a clear or an overcast one is steady.
    const broken = 0.02 + 0.5 * Math.max(0, Math.min(1, daily)) * Math.max(0, 1 - daily);
    const cloud = autoregressive(CLOUD_MEMORY, Math.floor(timestamp / slotDuration), this.#seed, CLOUD_STREAM);
    return Math.min(1, Math.max(0.05, daily + broken * cloud));
  }

  /** The last few per cent in which one roof differs from the next. */
  localFactor(house: number, slot: number): number {
    return 0.97 + 0.06 * uniform(this.#seed, LOCAL_STREAM, house, slot);
  }

  /** Air temperature in Celsius: coldest at 6, warmest at 15 o'clock, some days warmer than others. */
  temperature(timestamp: number): number {
    const { day, hour, month } = localTime(timestamp, this.climate.utcOffset);
    const [low, high] = [this.climate.lowest[month] ?? 18, this.climate.highest[month] ?? 30];
    const phase = hour < 6 ? (hour + 9) / 15 : hour < 15 ? (hour - 6) / 9 : (hour - 15) / 15;
    const warmth = hour >= 6 && hour < 15 ? (1 - Math.cos(Math.PI * phase)) / 2 : (1 + Math.cos(Math.PI * phase)) / 2;
    return low + (high - low) * warmth + 1.5 * autoregressive(0.7, day, this.#seed, HEAT_STREAM);
  }
}

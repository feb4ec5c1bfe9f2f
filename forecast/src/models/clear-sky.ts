import { getPosition } from "suncalc";
import { HOUR_SECONDS } from "../series/house-series.ts";

export interface Place {
  latitude: number;
  longitude: number;
}

/** Moments of an hour at which the sun is looked at. */
const SAMPLES = 4;
/** Hours that are remembered over all places: about 60 place-years. */
const REMEMBERED = 500_000;

/** Height of the sun above the horizon, in degrees. */
export const sunAltitude = (seconds: number, { latitude, longitude }: Place): number =>
  getPosition(new Date(seconds * 1000), latitude, longitude).altitude;

/** Global horizontal irradiance under a clear sky, W/m², by the sun's height: Haurwitz (1945), Journal of Meteorology 2:154. */
export function clearSkyIrradiance(altitudeDegrees: number): number {
  const cosZenith = Math.sin((altitudeDegrees * Math.PI) / 180);
  return cosZenith <= 0 ? 0 : 1098 * cosZenith * Math.exp(-0.057 / cosZenith);
}

const places = new Map<string, Map<number, number>>();
let remembered = 0;

/** Mean clear-sky irradiance of the hour that starts at `seconds`, W/m²; 0 where the sun stays below the horizon. */
export function clearSkyHour(seconds: number, place: Place): number {
  const key = `${place.latitude},${place.longitude}`;
  let hours = places.get(key);
  if (!hours) {
    hours = new Map();
    places.set(key, hours);
  }
  const cached = hours.get(seconds);
  if (cached !== undefined) return cached;
  let sum = 0;
  for (let i = 0; i < SAMPLES; i += 1) {
    sum += clearSkyIrradiance(sunAltitude(seconds + ((i + 0.5) * HOUR_SECONDS) / SAMPLES, place));
  }
  if (remembered >= REMEMBERED) {
    places.clear();
    hours = new Map();
    places.set(key, hours);
    remembered = 0;
  }
  hours.set(seconds, sum / SAMPLES);
  remembered += 1;
  return sum / SAMPLES;
}

// From the sun's position to the power of a roof.
import { getPosition } from "suncalc";

const RADIANS = Math.PI / 180;
/** W/m2, Kopp and Lean (2011), doi:10.1029/2010GL045777. */
const SOLAR_CONSTANT = 1361;
const GROUND_ALBEDO = 0.2;

export interface Place {
  latitude: number;
  longitude: number;
}

export interface Roof {
  capacityWatts: number;
  /** Degrees from horizontal. */
  tilt: number;
  /** Degrees clockwise from north. */
  azimuth: number;
}

export interface Sun {
  /** Cosine of the zenith angle, 0 below the horizon. */
  cosZenith: number;
  altitude: number;
  azimuth: number;
  /** W/m2 on a plane facing the sun above the atmosphere. */
  extraterrestrial: number;
}

export function sunAt(timestamp: number, { latitude, longitude }: Place): Sun {
  const date = new Date(timestamp * 1000);
  const { altitude, azimuth } = getPosition(date, latitude, longitude);
  const dayAngle = (2 * Math.PI * (date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1))) / (365.25 * 86_400_000);
  // First term of the Earth-Sun distance of Spencer (1971).
  const extraterrestrial = SOLAR_CONSTANT * (1 + 0.033 * Math.cos(dayAngle));
  return { cosZenith: Math.max(0, Math.sin(altitude * RADIANS)), altitude, azimuth, extraterrestrial };
}

/** Global horizontal irradiance under a clear sky, W/m2: Haurwitz (1945), Journal of Meteorology 2:154. */
export function clearSkyGhi(cosZenith: number): number {
  return cosZenith <= 0 ? 0 : 1098 * cosZenith * Math.exp(-0.057 / cosZenith);
}

/** Share of diffuse in global irradiance by clearness index: Erbs, Klein, Duffie (1982), Solar Energy 28:293. */
export function diffuseFraction(clearness: number): number {
  const k = Math.min(1, Math.max(0, clearness));
  if (k <= 0.22) return 1 - 0.09 * k;
  if (k <= 0.8) return 0.9511 - 0.1604 * k + 4.388 * k ** 2 - 16.638 * k ** 3 + 12.336 * k ** 4;
  return 0.165;
}

/** Irradiance on a tilted plane, W/m2, isotropic sky: Liu and Jordan (1963), Solar Energy 7:53. */
export function planeIrradiance(sun: Sun, ghi: number, { tilt, azimuth }: Pick<Roof, "tilt" | "azimuth">): number {
  if (ghi <= 0 || sun.cosZenith <= 0) return 0;
  const diffuse = ghi * diffuseFraction(ghi / (sun.extraterrestrial * sun.cosZenith));
  const [slope, facing] = [tilt * RADIANS, (sun.azimuth - azimuth) * RADIANS];
  const sinZenith = Math.sqrt(1 - sun.cosZenith ** 2);
  const cosIncidence = Math.max(0, sun.cosZenith * Math.cos(slope) + sinZenith * Math.sin(slope) * Math.cos(facing));
  // Near the horizon the quotient explodes, while the real beam fades; a beam never exceeds what arrives from space.
  const beam = Math.min((ghi - diffuse) / sun.cosZenith, sun.extraterrestrial);
  return (
    beam * cosIncidence + (diffuse * (1 + Math.cos(slope))) / 2 + (GROUND_ALBEDO * ghi * (1 - Math.cos(slope))) / 2
  );
}

/**
 * Power at the meter in W: PVWatts version 5 (Dobos 2014, NREL/TP-6A20-62641) with its losses of 14 %, an inverter of
 * 96 % that never gives more than the installed capacity, and cells that warm by the Ross coefficient (NOCT 45 C).
 */
export function powerOf(roof: Roof, irradiance: number, airCelsius: number): number {
  const cellCelsius = airCelsius + (irradiance * (45 - 20)) / 800;
  const dc = (roof.capacityWatts * irradiance * (1 - 0.0037 * (cellCelsius - 25))) / 1000;
  return Math.min(roof.capacityWatts, Math.max(0, dc * (1 - 0.14) * 0.96));
}

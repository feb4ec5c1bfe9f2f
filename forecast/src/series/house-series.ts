/** Length of one step of every series, in seconds. */
export const HOUR_SECONDS = 3600;

/** What is forecast: what a home consumes, or what its panels produce (gross, before its own use). */
export type Target = "load" | "pv";

/** Weather by the hour at a home's place, as it was known when the forecast is made: measured or analysed for past hours, forecast for those to come. */
export interface HourlyWeather {
  /** Unix seconds of the first hour; on the same grid as the series. */
  startSeconds: number;
  /** Air temperature, °C; NaN where unknown. */
  temperatureC: Float64Array;
  /** Global horizontal irradiance, mean over the hour, W/m²; NaN where unknown. */
  irradianceWm2: Float64Array;
}

/** One home's readings by the hour. Hour i starts at `startSeconds + 3600 i`, so clock changes leave no gap and no double. */
export interface HouseSeries {
  id: string;
  /** Installed panels; 0 where there are none or it is not known. */
  capacityWatts: number;
  /** Degrees, north and east positive. A place to the nearest 0.1° is enough. */
  latitude: number;
  longitude: number;
  /** IANA name. */
  timeZone: string;
  tiltDegrees?: number;
  azimuthDegrees?: number;
  /** Unix seconds at which a local clock hour starts: the full hour, or the half or quarter where the zone's offset has one. */
  startSeconds: number;
  /** Energy of each hour in Wh, NaN where unknown. Both have the same length. */
  loadWh: Float64Array;
  pvWh: Float64Array;
  weather?: HourlyWeather;
}

/** The readings of one target. */
export const valuesOf = (house: HouseSeries, target: Target): Float64Array =>
  target === "load" ? house.loadWh : house.pvWh;

/**
 * Position of the hour that starts at `seconds`; may lie before or after what the series holds.
 * @throws RangeError where no hour of the series' grid starts then.
 */
export function hourIndex(series: { startSeconds: number }, seconds: number): number {
  const index = (seconds - series.startSeconds) / HOUR_SECONDS;
  if (!Number.isInteger(index)) throw new RangeError(`${seconds} is not the start of an hour of this series`);
  return index;
}

// What of a reading is believed. Each refusal names field, limit and what was given.
import type { MeteredReading } from "@gridx/contracts";

export const MAX_READINGS = 1_000;
export const MAX_BATCHES = 100;
/** Seconds: what divides an hour, so that hours can be made of it. */
export const MIN_LENGTH_SECONDS = 60;
export const MAX_LENGTH_SECONDS = 3_600;
/** Seconds that the readings of one batch may span. */
export const MAX_SPAN_SECONDS = 62 * 86_400;
/** Seconds before now. */
export const MAX_AGE_SECONDS = 10 * 366 * 86_400;
/** Seconds that a meter's clock may run ahead of the chain's. */
export const CLOCK_TOLERANCE_SECONDS = 60;
/** Panels give more than their rating when light is reflected at the edge of a cloud; never half as much again. */
export const PRODUCTION_OVER_CAPACITY = 1.5;
/** The largest connection of a home, with room to spare. */
export const MAX_CONSUMPTION_WATTS = 100_000;
export const MAX_VERSION = 1_000;
export const MIN_CENTI_CELSIUS = -6_000;
export const MAX_CENTI_CELSIUS = 6_000;

export interface Rejection {
  field: keyof MeteredReading;
  message: string;
}

export interface ReadingLimits {
  capacityWatts: number;
  /** Unix seconds. */
  now: number;
  /** Nothing that began before is taken in. */
  deletedBefore: number;
  /** Start of the batch's newest reading. */
  newestStart: number;
}

/** Why a reading is not believed, or null. */
export function rejectionOf(reading: MeteredReading, limits: ReadingLimits): Rejection | null {
  const { start, lengthSeconds, productionWh, consumptionWh, temperatureCentiCelsius, version } = reading;
  const refuse = (field: Rejection["field"], message: string): Rejection => ({ field, message });
  if (lengthSeconds < MIN_LENGTH_SECONDS || MAX_LENGTH_SECONDS % lengthSeconds !== 0) {
    const range = `from ${MIN_LENGTH_SECONDS} to ${MAX_LENGTH_SECONDS}`;
    return refuse("lengthSeconds", `expected a divisor of ${MAX_LENGTH_SECONDS} ${range}, got ${lengthSeconds}`);
  }
  if (start % lengthSeconds !== 0) return refuse("start", `expected a multiple of ${lengthSeconds} s, got ${start}`);
  const end = start + lengthSeconds;
  const latest = limits.now + CLOCK_TOLERANCE_SECONDS;
  if (end > latest)
    return refuse("start", `ends at ${end}, which is after now (${limits.now}); send it when it is over`);
  const earliest = limits.now - MAX_AGE_SECONDS;
  if (start < earliest) return refuse("start", `expected ${earliest} or later, got ${start}`);
  if (start < limits.deletedBefore) {
    return refuse("start", `its owner has deleted what began before ${limits.deletedBefore}`);
  }
  if (start < limits.newestStart - MAX_SPAN_SECONDS) {
    return refuse("start", `a batch spans at most ${MAX_SPAN_SECONDS} s; send what is older in another one`);
  }
  const mostProduced = Math.ceil((limits.capacityWatts * PRODUCTION_OVER_CAPACITY * lengthSeconds) / 3600);
  if (productionWh > mostProduced) {
    const why = `${PRODUCTION_OVER_CAPACITY} times what ${limits.capacityWatts} W give in ${lengthSeconds} s`;
    return refuse("productionWh", `at most ${mostProduced} (${why}), got ${productionWh}`);
  }
  const mostConsumed = (MAX_CONSUMPTION_WATTS * lengthSeconds) / 3600;
  if (consumptionWh > mostConsumed) {
    return refuse("consumptionWh", `at most ${mostConsumed} in ${lengthSeconds} s, got ${consumptionWh}`);
  }
  if (
    temperatureCentiCelsius !== null &&
    (temperatureCentiCelsius < MIN_CENTI_CELSIUS || temperatureCentiCelsius > MAX_CENTI_CELSIUS)
  ) {
    const range = `${MIN_CENTI_CELSIUS} to ${MAX_CENTI_CELSIUS}`;
    return refuse("temperatureCentiCelsius", `expected ${range}, got ${temperatureCentiCelsius}`);
  }
  if (version < 1 || version > MAX_VERSION) return refuse("version", `expected 1 to ${MAX_VERSION}, got ${version}`);
  return null;
}

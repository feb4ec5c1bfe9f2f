import type { Forecast } from "./model.ts";

/** The three quantiles that every model answers: lower, point, upper. */
export const QUANTILES = [0.1, 0.5, 0.9] as const;

/** Puts three values in order and above zero; the point stays, the others give way. */
export function setHour(forecast: Forecast, h: number, lower: number, point: number, upper: number): void {
  const middle = Math.max(0, point);
  forecast.pointWh[h] = middle;
  forecast.lowerWh[h] = Math.max(0, Math.min(lower, middle));
  forecast.upperWh[h] = Math.max(upper, middle);
}

/** A forecast of which nothing is known yet. */
export function blank(hours: number, degraded: string | null = null): Forecast {
  const unknown = () => new Float64Array(hours).fill(Number.NaN);
  return { lowerWh: unknown(), pointWh: unknown(), upperWh: unknown(), degraded };
}

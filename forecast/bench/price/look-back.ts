// A plain forecast of an hour for the backtest: what the same hour was in the two weeks before. It needs nothing but the
// readings, so the backtest does not depend on which models are fitted.
import type { HomeForecast, Quantiles } from "../../src/price/scenarios.ts";
import type { Community } from "./community.ts";

const DAYS = 14;
/** With fewer days there is no telling. */
const FEWEST_DAYS = 3;

const known = new WeakMap<Community, (HomeForecast[] | null)[]>();

/** Of all homes for the hour at this position; null before there are three days to look back on. Reads nothing from the hour on. */
export function forecastsAt(community: Community, index: number): HomeForecast[] | null {
  const cache = known.get(community) ?? [];
  known.set(community, cache);
  const cached = cache[index];
  if (cached !== undefined) return cached;
  const before = Array.from({ length: DAYS }, (_, day) => community.hours[index - 24 * (day + 1)]).filter(
    (hour) => hour !== undefined,
  );
  const forecasts =
    before.length < FEWEST_DAYS
      ? null
      : community.houses.map((owner, home): HomeForecast => {
          const readings = before.flatMap(({ readings }) => readings[home] ?? []);
          return {
            owner,
            load: quantilesOf(readings.map(({ consumptionWh }) => consumptionWh)),
            solar: quantilesOf(readings.map(({ productionWh }) => productionWh)),
          };
        });
  cache[index] = forecasts;
  return forecasts;
}

function quantilesOf(values: number[]): Quantiles {
  const sorted = values.sort((a, b) => a - b);
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
    return low + (high - low) * (place - Math.floor(place));
  };
  return { lowerWh: at(0.1), medianWh: at(0.5), upperWh: at(0.9) };
}

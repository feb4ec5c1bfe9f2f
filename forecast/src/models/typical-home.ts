// What is assumed of a home of which nothing is known: the other homes' usual day.
import { weekdayOf } from "../series/clock.ts";
import type { History } from "../series/history.ts";
import type { HouseSeries } from "../series/house-series.ts";
import { known, quantileOfSorted } from "../series/statistics.ts";
import { demandData } from "./demand-data.ts";
import { recentScale } from "./demand-features.ts";
import type { Forecast } from "./model.ts";
import { blank, QUANTILES, setHour } from "./quantiles.ts";

/** Quantiles in Wh of each clock hour, on weekdays first and then on weekends: 48 a quantile. */
export type TypicalHome = Float64Array[];

const DAYS = 56;
const cellOf = (wallHour: number) => (((wallHour % 24) + 24) % 24) + (weekdayOf(wallHour) % 6 === 0 ? 24 : 0);

/** From the last eight weeks of all homes; null where there are no readings. */
export function learnTypicalHome(houses: readonly HouseSeries[], untilSeconds: number): TypicalHome | null {
  const cells = Array.from({ length: 48 }, () => [] as number[]);
  for (const house of houses) {
    const { targets } = demandData(house, untilSeconds, untilSeconds - DAYS * 86_400);
    targets.values.forEach((value, i) => {
      if (!Number.isNaN(value)) cells[cellOf(targets.start + i)]?.push(value);
    });
  }
  const all = Float64Array.from(cells.flat()).sort();
  if (all.length === 0) return null;
  const sorted = cells.map((values) => (values.length > 0 ? Float64Array.from(values).sort() : all));
  return QUANTILES.map((q) => Float64Array.from(sorted, (values) => quantileOfSorted(known(values), q)));
}

/** That day, brought to the home's own level where a few of its hours are known. */
export function typicalForecast(
  typical: TypicalHome | null,
  history: History,
  ahead: readonly number[],
  degraded: string,
): Forecast {
  const forecast = blank(ahead.length, typical ? `${degraded}: a typical home of the community is assumed` : degraded);
  if (!typical) return forecast;
  const [lower, point, upper] = typical as [Float64Array, Float64Array, Float64Array];
  const own = recentScale(history);
  const mean = point.reduce((sum, value) => sum + value, 0) / point.length;
  const factor = own >= 0 && mean > 0 ? own / mean : 1;
  ahead.forEach((h, i) => {
    const cell = cellOf(history.origin + h);
    setHour(
      forecast,
      i,
      factor * (lower[cell] as number),
      factor * (point[cell] as number),
      factor * (upper[cell] as number),
    );
  });
  return forecast;
}

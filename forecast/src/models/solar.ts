// Solar generation of a home: its clear-sky envelope by the sun's position and how clear it has been, weighed by least absolute deviations.

import { wallHour, zoneOffset } from "../series/clock.ts";
import { FAULT } from "../series/faults.ts";
import { HOUR_SECONDS, type HouseSeries, hourIndex } from "../series/house-series.ts";
import { clearSkyHour } from "./clear-sky.ts";
import { dot, leastAbsolute, leastSquares, packed } from "./lad.ts";
import type { Forecast, Model } from "./model.ts";
import { blank, QUANTILES, setHour } from "./quantiles.ts";
import { solarData, solarRows } from "./solar-features.ts";

/** Coefficients for each quantile. */
type Coefficients = Float64Array[];

interface Learnt {
  /** From the home's own readings. */
  plain: Coefficients | null;
  /** With forecast irradiance as well; null where too little weather is known. */
  weather: Coefficients | null;
}

export interface SolarState {
  pooled: Learnt;
  homes: Map<string, Learnt>;
  /** What a watt of panels gives by a watt of clear-sky irradiance per m², in Wh: for homes without readings. */
  yieldPerWatt: Float64Array;
}

const HOME_STRENGTH = 30;
/** Fewest hours to learn from. */
const LEAST_ROWS = 200;
const MOST_ROWS = 20_000;
const LOOK_BACK_SECONDS = 40 * 24 * HOUR_SECONDS;

interface Example {
  row: Float64Array;
  sky: number;
  wanted: number;
}

/** Each day from its midnight. */
function examplesOf(house: HouseSeries, untilSeconds: number): Example[] {
  const { values, faults } = solarData(house, untilSeconds);
  const examples: Example[] = [];
  const midnight = 24 - (wallHour(house.startSeconds, zoneOffset(house.timeZone)) % 24);
  for (let origin = midnight; origin < values.length; origin += 24) {
    const made = solarRows(house, values, origin, 24);
    made?.rows.forEach((hour, h) => {
      const wanted = values[origin + h] ?? Number.NaN;
      if (!hour || Number.isNaN(wanted) || faults[origin + h] === FAULT.imputed) return;
      examples.push({ row: hour.row, sky: hour.sky, wanted: wanted / made.scale });
    });
  }
  return examples;
}

/** With irradiance by the clear sky, and its square, times the envelope. */
const withSky = (row: Float64Array, sky: number): Float64Array => {
  const envelope = row[1] as number;
  return Float64Array.of(...row, envelope * sky, envelope * sky * sky);
};

function learn(examples: readonly Example[], point: "median" | "mean", prior?: Learnt): Learnt {
  const regress = (rows: Float64Array[], wanted: Float64Array, priors: Coefficients | null | undefined) => {
    const width = rows[0]?.length ?? 0;
    const features = packed(rows, width);
    return QUANTILES.map((quantile, q) =>
      quantile === 0.5 && point === "mean"
        ? leastSquares(features, width, wanted, 0.1)
        : leastAbsolute(features, width, wanted, {
            quantile,
            rounds: 15,
            ...(priors ? { prior: priors[q], strength: HOME_STRENGTH } : { strength: 0.1 }),
          }),
    );
  };
  const some = examples.filter((_, i) => i % Math.ceil(examples.length / MOST_ROWS) === 0);
  const seen = some.filter(({ sky }) => !Number.isNaN(sky));
  const wantedOf = (from: readonly Example[]) => Float64Array.from(from, ({ wanted }) => wanted);
  return {
    plain:
      some.length < LEAST_ROWS
        ? null
        : regress(
            some.map(({ row }) => row),
            wantedOf(some),
            prior?.plain,
          ),
    weather:
      seen.length < LEAST_ROWS
        ? null
        : regress(
            seen.map(({ row, sky }) => withSky(row, sky)),
            wantedOf(seen),
            prior?.weather,
          ),
  };
}

/** The median for homes; the mean for a community, whose one series is all there is to learn from. */
const solar = (name: string, scope: Model["scope"]): Model<SolarState> => ({
  name,
  target: "pv",
  scope,

  fit(houses, untilSeconds) {
    const byHome = houses.map((house) => examplesOf(house, untilSeconds));
    const pooled = learn(byHome.flat(), scope === "home" ? "median" : "mean");
    const homes = new Map<string, Learnt>();
    if (scope === "home") {
      houses.forEach((house, i) => {
        homes.set(house.id, learn(byHome[i] as Example[], "median", pooled));
      });
    }
    return { pooled, homes, yieldPerWatt: learnYield(houses, untilSeconds) };
  },

  predict(state, house, originSeconds, hours): Forecast {
    const origin = hourIndex(house, originSeconds);
    const { values, faults } = solarData(house, originSeconds, originSeconds - LOOK_BACK_SECONDS);
    const made = solarRows(house, values, origin, hours);
    const learnt = state.homes.get(house.id);
    const plain = learnt?.plain ?? state.pooled.plain;
    if (!made || !plain) return fromCapacity(state.yieldPerWatt, house, originSeconds, hours);
    const weather = learnt?.weather ?? state.pooled.weather;
    const dead = deadDays(values, faults, origin);
    const problems = problemsOf(values, faults, origin, dead);
    if (weather && made.rows.some((hour) => hour && hour.envelope > made.scale * 0.2 && Number.isNaN(hour.sky))) {
      problems.push("no weather forecast");
    }
    const forecast = blank(hours, problems.length > 0 ? problems.join("; ") : null);
    made.rows.forEach((hour, h) => {
      if (!hour) {
        setHour(forecast, h, 0, 0, 0);
        return;
      }
      const known = weather && !Number.isNaN(hour.sky);
      const [coefficients, row] = known ? [weather, withSky(hour.row, hour.sky)] : [plain, hour.row];
      const [lower = 0, point = 0, upper = 0] = coefficients.map((each) => {
        return Math.min(hour.most * 1.05, made.scale * dot(row, each));
      });
      // Panels that gave nothing for days are broken until they give again.
      setHour(forecast, h, dead > 0 ? 0 : lower, dead > 1 ? 0 : point, upper);
    });
    return forecast;
  },
});

export const solarModel = solar("solar-clear-sky-lad", "home");
export const communitySolarModel = solar("community-solar-clear-sky", "community");

/** Whole days without any production before the origin, with nothing but zeros since. */
function deadDays(values: Float64Array, faults: Uint8Array, origin: number): number {
  let hours = 0;
  for (let i = Math.min(faults.length, origin) - 1; i >= 0 && !((values[i] as number) > 0); i -= 1) {
    if (faults[i] === FAULT.dead) hours += 1;
  }
  return Math.round(hours / 24);
}

function problemsOf(values: Float64Array, faults: Uint8Array, origin: number, dead: number): string[] {
  const problems: string[] = [];
  if (dead > 0) problems.push(`the panels have given nothing for ${dead} ${dead === 1 ? "day" : "days"}`);
  let silent = 0;
  while (silent < 24 * 28 && Number.isNaN(values[origin - 1 - silent] ?? Number.NaN)) silent += 1;
  if (dead === 0 && silent > 24) problems.push(`no reading for ${silent} hours`);
  const known = values
    .subarray(Math.max(0, origin - 24 * 28), Math.max(0, origin))
    .filter((value) => !Number.isNaN(value)).length;
  if (known < 24 * 7) problems.push(`only ${known} hours of readings`);
  const imputed = faults.subarray(-168).filter((fault) => fault === FAULT.imputed).length;
  if (imputed >= 84) problems.push(`${imputed} of the last 168 hours repeat earlier days to the last digit`);
  return problems;
}

/** Quantiles over all homes of Wh per watt of panels and W/m² of clear sky. */
function learnYield(houses: readonly HouseSeries[], untilSeconds: number): Float64Array {
  const shares: number[] = [];
  for (const house of houses) {
    if (!(house.capacityWatts > 0)) continue;
    const { values } = solarData(house, untilSeconds, untilSeconds - 56 * 86_400);
    values.forEach((value, i) => {
      const seconds = house.startSeconds + i * HOUR_SECONDS;
      if (seconds < untilSeconds - 56 * 86_400 || Number.isNaN(value)) return;
      const clear = clearSkyHour(seconds, house);
      if (clear > 100) shares.push(value / (house.capacityWatts * clear));
    });
  }
  const sorted = Float64Array.from(shares).sort();
  return Float64Array.from(QUANTILES, (q) => sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN);
}

function fromCapacity(yields: Float64Array, house: HouseSeries, originSeconds: number, hours: number): Forecast {
  if (!(house.capacityWatts > 0)) {
    const forecast = blank(hours, "no usable production in 28 days, and the capacity of the panels is not known");
    for (let h = 0; h < hours; h += 1) setHour(forecast, h, 0, 0, 0);
    return forecast;
  }
  const unknown = Number.isNaN(yields[1]);
  const reason = unknown
    ? "no readings of any home yet"
    : "too few readings: what other homes' panels give per watt is assumed";
  const forecast = blank(hours, reason);
  for (let h = 0; h < hours; h += 1) {
    const seconds = originSeconds + h * HOUR_SECONDS;
    const most = clearSkyHour(seconds, house) * house.capacityWatts;
    if (most === 0) setHour(forecast, h, 0, 0, 0);
    else if (!unknown)
      setHour(forecast, h, ...(Array.from(yields, (share) => share * most) as [number, number, number]));
  }
  return forecast;
}

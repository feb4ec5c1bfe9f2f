// Demand of a community: least squares on the sum itself, so that it answers the mean. The sum of the homes' medians would run low.
import { wallHour, zoneOffset } from "../series/clock.ts";
import { History } from "../series/history.ts";
import { HOUR_SECONDS, type HouseSeries } from "../series/house-series.ts";
import { demandData, demandHistory } from "./demand-data.ts";
import { columnOf, type DemandFeature, demandRows } from "./demand-features.ts";
import { dot, leastAbsolute, leastSquares, packed } from "./lad.ts";
import type { Forecast, Model } from "./model.ts";
import { blank, QUANTILES, setHour } from "./quantiles.ts";
import { learnTypicalHome, type TypicalHome, typicalForecast } from "./typical-home.ts";

export interface CommunityDemandState {
  /** Coefficients of the lower quantile, the mean and the upper quantile; null where there was too little to learn from. */
  coefficients: Float64Array[] | null;
  typical: TypicalHome | null;
}

const REGRESSORS: readonly DemandFeature[] = [
  "day1",
  "day7",
  "near1",
  "smooth30",
  "smooth03",
  "smoothNear",
  "slowMedian",
  "kindMedian",
  "last24",
  "last168",
];
const COLUMNS = REGRESSORS.map(columnOf);
const WIDTH = REGRESSORS.length + 4;
const RIDGE = 3;
const LEAST_ROWS = 24 * 14;

function regressors(row: Float64Array): Float64Array {
  const orElse = (value: number | undefined, fallback: number) =>
    value === undefined || Number.isNaN(value) ? fallback : value;
  const of = (name: DemandFeature, fallback: number) => orElse(row[columnOf(name)], fallback);
  const level = of("smooth30", 1);
  return Float64Array.of(
    ...COLUMNS.map((column) => orElse(row[column], level)),
    1,
    of("deviation1", 0),
    of("deviation6", 0),
    of("last24", 1) * of("slowMedian", level),
  );
}

function examplesOf(community: HouseSeries, untilSeconds: number): { row: Float64Array; wanted: number }[] {
  const { inputs, targets } = demandData(community, untilSeconds);
  const examples: { row: Float64Array; wanted: number }[] = [];
  const end = targets.start + targets.values.length;
  for (let midnight = Math.ceil(targets.start / 24) * 24 + 24; midnight < end; midnight += 24) {
    const made = demandRows(
      new History(inputs, midnight),
      Array.from({ length: 24 }, (_, h) => h),
    );
    made?.rows.forEach((row, h) => {
      const wanted = targets.values[midnight + h - targets.start] ?? Number.NaN;
      if (!Number.isNaN(wanted)) examples.push({ row: regressors(row), wanted: wanted / made.scale });
    });
  }
  return examples;
}

export const communityDemandModel: Model<CommunityDemandState> = {
  name: "community-demand-mean",
  target: "load",
  scope: "community",

  fit(communities, untilSeconds) {
    const typical = learnTypicalHome(communities, untilSeconds);
    const examples = communities.flatMap((community) => examplesOf(community, untilSeconds));
    if (examples.length < LEAST_ROWS) return { coefficients: null, typical };
    const features = packed(
      examples.map(({ row }) => row),
      WIDTH,
    );
    const wanted = Float64Array.from(examples, (example) => example.wanted);
    const coefficients = QUANTILES.map((quantile) =>
      quantile === 0.5
        ? leastSquares(features, WIDTH, wanted, RIDGE)
        : leastAbsolute(features, WIDTH, wanted, { quantile, strength: 1, rounds: 20 }),
    );
    return { coefficients, typical };
  },

  predict({ coefficients, typical }, community, originSeconds, hours): Forecast {
    const { history, problems } = demandHistory(community, originSeconds);
    const offset = zoneOffset(community.timeZone);
    const ahead = Array.from({ length: hours }, (_, h) => {
      return Math.max(0, wallHour(originSeconds + h * HOUR_SECONDS, offset) - history.origin);
    });
    const made = coefficients ? demandRows(history, ahead) : null;
    if (!made || !coefficients) {
      return typicalForecast(typical, history, ahead, problems.join("; ") || "nothing to learn from yet");
    }
    const forecast = blank(hours, problems.length > 0 ? problems.join("; ") : null);
    made.rows.forEach((row, h) => {
      const seen = regressors(row);
      const [lower = 0, point = 0, upper = 0] = coefficients.map((each) => made.scale * dot(seen, each));
      setHour(forecast, h, lower, point, upper);
    });
    return forecast;
  },
};

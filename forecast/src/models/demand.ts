// Demand of a home: gradient-boosted trees over all homes, averaged with a least-absolute-deviation regression of its own.
import { wallHour, zoneOffset } from "../series/clock.ts";
import { History } from "../series/history.ts";
import { HOUR_SECONDS, type HouseSeries } from "../series/house-series.ts";
import { demandData, demandHistory } from "./demand-data.ts";
import { columnOf, DEMAND_FEATURES, type DemandFeature, demandRows } from "./demand-features.ts";
import { binned, boost, evaluate, type GbdtOptions, sequence, type Trees } from "./gbdt.ts";
import { dot, leastAbsolute, packed } from "./lad.ts";
import { type Forecast, MAX_HOURS_AHEAD, type Model } from "./model.ts";
import { blank, QUANTILES, setHour } from "./quantiles.ts";
import { learnTypicalHome, type TypicalHome, typicalForecast } from "./typical-home.ts";

export interface DemandState {
  /** One model of trees for each quantile; null where there was nothing to learn from. */
  trees: Trees[] | null;
  /** Coefficients for each quantile: of all homes together, and of each home by its id. */
  pooled: Float64Array[];
  homes: Map<string, Float64Array[]>;
  typical: TypicalHome | null;
}

/** Rows that the trees see at most; a larger community is sampled. */
const MOST_ROWS = 60_000;
/** A home's own regression is drawn to that of all homes like this many rows. */
const HOME_STRENGTH = 100;
const TREES: Omit<GbdtOptions, "quantile" | "trees"> = {
  leaves: 16,
  learningRate: 0.05,
  minLeaf: 100,
  rowShare: 0.25,
  featureShare: 0.3,
  smoothing: 10,
  seed: 1,
};
const BINS = 48;
const TREE_COUNT = [80, 150, 80] as const;

const REGRESSORS: readonly DemandFeature[] = [
  "day1", "day2", "day7", "near1", "near7", "smooth30", "smooth10", "smooth03", "smoothNear", "median7", "median28", "sameKind",
  "fastMedian", "slowMedian", "kindMedian", "quartile1", "quartile3", "last3", "last24", "last168", "low24",
]; // biome-ignore format: one list
const REGRESSOR_COLUMNS = REGRESSORS.map(columnOf);
const WIDTH = REGRESSORS.length + 4;
const SMOOTH = columnOf("smooth30");
const LAST_DAY = columnOf("last24");
const SLOW_MEDIAN = columnOf("slowMedian");
const DEVIATION_1 = columnOf("deviation1");
const DEVIATION_6 = columnOf("deviation6");

const orElse = (value: number | undefined, fallback: number) =>
  value === undefined || Number.isNaN(value) ? fallback : value;

/** Both parts work on square roots of shares: spikes weigh less, and a quantile's root is the root's quantile. */
const toRoot = (share: number) => Math.sqrt(Math.max(0, share));
const fromRoot = (root: number) => Math.max(0, root) ** 2;

/** What the regression sees of a row of features: roots, unknown ones replaced by the smoothed level of the hour. */
function regressors(row: Float64Array): Float64Array {
  const level = orElse(row[SMOOTH], 1);
  const result = new Float64Array(WIDTH);
  for (let i = 0; i < REGRESSOR_COLUMNS.length; i += 1) {
    result[i] = toRoot(orElse(row[REGRESSOR_COLUMNS[i] as number], level));
  }
  result[WIDTH - 4] = 1;
  result[WIDTH - 3] = orElse(row[DEVIATION_1], 0);
  result[WIDTH - 2] = orElse(row[DEVIATION_6], 0);
  // The level of the last day moves high hours more than low ones.
  result[WIDTH - 1] = toRoot(orElse(row[LAST_DAY], 1)) * toRoot(orElse(row[SLOW_MEDIAN], level));
  return result;
}

interface Example {
  row: Float64Array;
  /** Root of the share that it came to. */
  wanted: number;
}

/**
 * What a home teaches: each day from its midnight, and a part of the hours from one more origin a day, so that the model
 * has seen every distance from every hour.
 */
function examplesOf(house: HouseSeries, untilSeconds: number, keep: () => boolean): Example[] {
  const { inputs, targets } = demandData(house, untilSeconds);
  const examples: Example[] = [];
  const end = targets.start + targets.values.length;
  const learn = (origin: number, ahead: number[]) => {
    const asked = ahead.filter(
      (h) => !Number.isNaN(targets.values[origin + h - targets.start] ?? Number.NaN) && keep(),
    );
    if (asked.length === 0) return;
    const made = demandRows(new History(inputs, origin), asked);
    made?.rows.forEach((row, i) => {
      const wanted = targets.values[origin + (asked[i] as number) - targets.start] as number;
      examples.push({ row, wanted: toRoot(wanted / made.scale) });
    });
  };
  const day = Array.from({ length: 24 }, (_, h) => h);
  for (let d = Math.ceil(targets.start / 24) + 1; d * 24 < end; d += 1) {
    learn(d * 24, day);
    const hour = (d * 7) % 24;
    if (hour > 0)
      learn(
        d * 24 + hour,
        Array.from({ length: MAX_HOURS_AHEAD / 4 }, (_, i) => i * 4 + (d % 4)),
      );
  }
  return examples;
}

export const demandModel: Model<DemandState> = {
  name: "demand-gbdt-lad",
  target: "load",
  scope: "home",

  fit(houses, untilSeconds) {
    const typical = learnTypicalHome(houses, untilSeconds);
    const days = houses.map((house) => Math.max(0, (untilSeconds - house.startSeconds) / (24 * HOUR_SECONDS)));
    const possible = days.reduce((sum, count) => sum + count * 36, 0);
    const share = Math.min(1, MOST_ROWS / Math.max(1, possible));
    const random = sequence(7);
    const byHome = houses.map((house) => examplesOf(house, untilSeconds, () => share >= 1 || random() < share));
    const all = byHome.flat();
    const homes = new Map<string, Float64Array[]>();
    if (all.length < 2 * TREES.minLeaf) return { trees: null, pooled: [], homes, typical };
    const columns = DEMAND_FEATURES.map((_, c) => Float32Array.from(all, ({ row }) => row[c] as number));
    const sorted = binned({ rows: all.length, columns }, BINS);
    const wanted = Float64Array.from(all, (example) => example.wanted);
    const trees = QUANTILES.map((quantile, i) =>
      boost(sorted, wanted, { ...TREES, quantile, trees: TREE_COUNT[i] as number }),
    );
    const regress = (examples: readonly Example[], quantile: number, prior?: Float64Array) =>
      leastAbsolute(
        packed(
          examples.map(({ row }) => regressors(row)),
          WIDTH,
        ),
        WIDTH,
        Float64Array.from(examples, (example) => example.wanted),
        { quantile, rounds: 12, ...(prior ? { prior, strength: HOME_STRENGTH } : { strength: 1 }) },
      );
    const some = all.length > 20_000 ? all.filter((_, i) => i % Math.ceil(all.length / 20_000) === 0) : all;
    const pooled = QUANTILES.map((quantile) => regress(some, quantile));
    houses.forEach((house, i) => {
      const mine = byHome[i] as Example[];
      if (mine.length > 0)
        homes.set(
          house.id,
          QUANTILES.map((quantile, q) => regress(mine, quantile, pooled[q])),
        );
    });
    return { trees, pooled, homes, typical };
  },

  predict({ trees, pooled, homes, typical }, house, originSeconds, hours): Forecast {
    const { history, problems } = demandHistory(house, originSeconds);
    const offset = zoneOffset(house.timeZone);
    // By the wall clock: a day of 23 or 25 hours skips or repeats one.
    const ahead = Array.from({ length: hours }, (_, h) => {
      return Math.max(0, wallHour(originSeconds + h * HOUR_SECONDS, offset) - history.origin);
    });
    const made = trees ? demandRows(history, ahead) : null;
    if (!made || !trees) {
      const reasons = problems.length > 0 ? problems : ["nothing to learn from yet"];
      return typicalForecast(typical, history, ahead, reasons.join("; "));
    }
    const forecast = blank(hours, problems.length > 0 ? problems.join("; ") : null);
    const coefficients = homes.get(house.id) ?? pooled;
    made.rows.forEach((row, h) => {
      const seen = regressors(row);
      const [lower = 0, point = 0, upper = 0] = QUANTILES.map((_, q) => {
        const byTrees = fromRoot(evaluate(trees[q] as Trees, row));
        const byRegression = fromRoot(dot(seen, coefficients[q] as Float64Array));
        return (made.scale * (byTrees + byRegression)) / 2;
      });
      setHour(forecast, h, lower, point, upper);
    });
    return forecast;
  },
};

import type { HouseSeries, Target } from "../series/house-series.ts";

/** How far ahead a model answers, in hours. */
export const MAX_HOURS_AHEAD = 48;

/**
 * The hours from an origin on. Position 0 is the hour that starts at the origin. All arrays in Wh, all of one length; NaN only where
 * neither this home nor any other has ever been read.
 */
export interface Forecast {
  /** 10 % quantile. */
  lowerWh: Float64Array;
  /** The median for a home; the mean for a community, since sums of medians run low. */
  pointWh: Float64Array;
  /** 90 % quantile. */
  upperWh: Float64Array;
  /** Why this is less than the model can do (a fallback answered, an input was missing), or null. */
  degraded: string | null;
}

/**
 * A way to forecast one target. `fit` may take seconds and belongs into a worker thread; `predict` takes milliseconds.
 * Both see nothing at or after `untilSeconds` and `originSeconds`, whatever the series hold (weather excepted: it is what was forecast then).
 */
export interface Model<State = unknown> {
  /** Named in every answer, e.g. `demand-gbdt-lad`. */
  readonly name: string;
  readonly target: Target;
  /** A community's model is fitted to and asked about the one series of `communitySeries`; a home's about homes. */
  readonly scope: "home" | "community";
  /** Learns from the hours before `untilSeconds`. The state is plain data: it survives `postMessage` (structured clone). */
  fit(houses: readonly HouseSeries[], untilSeconds: number): State;
  /** The `hours` (1–48) from `originSeconds` on, for a home that need not have been in `fit`. Never throws for bad data: see `degraded`. */
  predict(state: State, house: HouseSeries, originSeconds: number, hours: number): Forecast;
}

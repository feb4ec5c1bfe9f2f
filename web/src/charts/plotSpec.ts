// What a chart shows, without the library that draws it.
export type Colour = "cyan" | "lime" | "violet" | "amber" | "muted";

export interface PlotSeries {
  label: string;
  colour: Colour;
  /** `rising` and `falling` are steps: a value holds from its x on, or up to it. */
  kind: "line" | "bars" | "dashes" | "points" | "rising" | "falling";
  /** One for each x; null is not known, and leaves a gap. */
  values: (number | null)[];
  /** As it is read where the chart is pointed at. */
  show: (index: number) => string;
}

export interface PlotBand {
  label: string;
  colour: Colour;
  lower: (number | null)[];
  upper: (number | null)[];
}

export interface PlotSpec {
  /** Ascending; Unix seconds, unless `plain`. */
  xs: number[];
  /** Numbers and not moments along the axis. */
  plain?: boolean;
  series: PlotSeries[];
  band?: PlotBand;
  /** Days of UTC, whatever the reader's zone. */
  utcDays?: boolean;
  /** A line where the present is. */
  now?: number;
  /** How a moment is read where the chart is pointed at. */
  showX: (unixSeconds: number) => string;
  /** Short, for the axis. */
  axisX: (unixSeconds: number, stepSeconds: number) => string;
  axisY: (value: number) => string;
}

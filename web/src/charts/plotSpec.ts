// What a chart shows, without the library that draws it.
export type Colour = "cyan" | "lime" | "violet" | "amber" | "muted";

export interface PlotSeries {
  label: string;
  colour: Colour;
  kind: "line" | "bars" | "dashes" | "points";
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
  /** Unix seconds, ascending. */
  xs: number[];
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

// Draws a chart. The table behind it says the same, so this is hidden from who does not see it.
import "uplot/dist/uPlot.min.css";
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import { DAY, HOUR } from "../figures/days.ts";
import type { Colour, PlotBand, PlotSeries, PlotSpec } from "./plotSpec.ts";

const HEIGHT = 208;
/** As the page is written. */
const font = () => `11px ${getComputedStyle(document.body).fontFamily}`;
/** Days, weeks, months and years, about. */
const DAY_STEPS = [1, 2, 7, 14, 30, 91, 182, 365].map((days) => days * DAY);
const BAR = { size: [0.7, 40, 1] as [number, number, number] };

const token = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--color-${name}`).trim();
const faint = (colour: Colour, percent: number) => `color-mix(in srgb, ${token(colour)} ${percent}%, transparent)`;

function drawn({ label, colour, kind }: PlotSeries): uPlot.Series {
  const stroke = token(colour);
  const common: uPlot.Series = { label, stroke, width: 2, points: { show: false } };
  if (kind === "bars") return { ...common, fill: faint(colour, 35), width: 1, paths: uPlot.paths.bars?.(BAR) };
  if (kind === "rising" || kind === "falling") {
    return { ...common, fill: faint(colour, 14), paths: uPlot.paths.stepped?.({ align: kind === "rising" ? 1 : -1 }) };
  }
  if (kind === "dashes") return { ...common, dash: [4, 4], width: 1.5 };
  if (kind === "points") return { ...common, points: { show: true, size: 6, fill: stroke } };
  // A value between gaps has no line to be seen by.
  return { ...common, points: { show: true, size: 4, fill: stroke } };
}

const edge = ({ label }: PlotBand): uPlot.Series => ({
  label,
  stroke: "transparent",
  width: 0,
  points: { show: false },
});

function nowLine(now: number): uPlot.Plugin {
  return {
    hooks: {
      draw: (plot) => {
        const { ctx, bbox } = plot;
        const x = Math.round(plot.valToPos(now, "x", true));
        if (x < bbox.left || x > bbox.left + bbox.width) return;
        ctx.save();
        ctx.strokeStyle = token("amber");
        ctx.setLineDash([4, 4]);
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
        ctx.restore();
      },
    },
  };
}

function dataOf({ xs, series, band }: PlotSpec): uPlot.AlignedData {
  return [xs, ...(band ? [band.upper, band.lower] : []), ...series.map(({ values }) => values)];
}

function optionsOf(spec: () => PlotSpec, width: number, onPoint: (index: number | null) => void): uPlot.Options {
  const { series, band, utcDays, now, plain } = spec();
  const axis = { stroke: token("muted"), font: font(), ticks: { show: false } };
  const grid = { stroke: token("line"), width: 1 };
  const hasBars = series.some(({ kind }) => kind === "bars");
  return {
    width,
    height: HEIGHT,
    // To the right, half a label of the last point.
    padding: [10, 28, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: !hasBars } },
    ...(utcDays && { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC") }),
    scales: {
      x: { time: !plain, range: () => padded(spec(), hasBars) },
      y: { range: (_, min, max) => [Math.min(0, min), max > 0 ? max * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 52,
        size: 28,
        ...(utcDays && { incrs: DAY_STEPS }),
        values: (_, splits, __, ___, step) => splits.map((seconds) => spec().axisX(seconds, step)),
      },
      { ...axis, grid, size: 52, values: (_, splits) => splits.map((value) => spec().axisY(value)) },
    ],
    series: [{}, ...(band ? [edge(band), edge(band)] : []), ...series.map(drawn)],
    ...(band && { bands: [{ series: [1, 2] as [number, number], fill: faint(band.colour, 22) }] }),
    plugins: now === undefined ? [] : [nowLine(now)],
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
  };
}

/** From the first to the last; half a step more at each end, so that outer bars are whole and one value has a place. */
function padded({ xs, utcDays, plain }: PlotSpec, bars: boolean): [number, number] {
  if (plain) return roomAround(xs);
  const [first = 0, second = first + (utcDays ? DAY : HOUR)] = xs;
  const half = bars || xs.length === 1 ? (second - first) / 2 : 0;
  return [first - half, (xs.at(-1) ?? first) + half];
}

/** A little beyond the first and the last, so that the outer steps are seen. */
function roomAround(xs: readonly number[]): [number, number] {
  const [first, last] = [xs[0] ?? 0, xs.at(-1) ?? 1];
  const room = (last - first) * 0.06 || Math.abs(first) * 0.1 || 1;
  return [first - room, last + room];
}

export default function Plot({ spec }: { spec: PlotSpec }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(spec);
  latest.current = spec;
  const [pointed, setPointed] = useState<number | null>(null);
  // What can't be changed in a plot that stands.
  const form = JSON.stringify([
    spec.series.map(({ label, colour, kind }) => [label, colour, kind]),
    spec.band?.label,
    spec.now,
    spec.utcDays,
    spec.plain,
  ]);
  // The plot is made anew where its form changes.
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const made = new uPlot(
      optionsOf(() => latest.current, element.clientWidth, setPointed),
      dataOf(latest.current),
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [form]);
  useEffect(() => plot.current?.setData(dataOf(spec)), [spec]);
  const at = pointed === null ? undefined : spec.xs[pointed];
  return (
    <div aria-hidden="true">
      <div ref={box} className="h-52 w-full" />
      <p className="h-9 overflow-hidden text-xs text-soft">
        {at !== undefined && pointed !== null && (
          <>
            <span className="text-muted">{spec.showX(at)}</span>{" "}
            {spec.series.map(({ label, show }) => `${label} ${show(pointed)}`).join(" · ")}
          </>
        )}
      </p>
    </div>
  );
}

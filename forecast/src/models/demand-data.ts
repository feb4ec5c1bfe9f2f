// The consumption that demand models learn from and look back at, with what is unfit taken out and named.
import { wallHour, zoneOffset } from "../series/clock.ts";
import { FAULT, findFaults } from "../series/faults.ts";
import { DAYS_BACK, History } from "../series/history.ts";
import { HOUR_SECONDS, type HouseSeries } from "../series/house-series.ts";
import { type WallSeries, wallSeries } from "../series/wall-series.ts";

/** How far back a forecast looks, with room for a clock change. */
const LOOK_BACK_SECONDS = (DAYS_BACK + 4) * 24 * HOUR_SECONDS;

export interface DemandData {
  /** What a forecast may look at: stuck meters taken out. */
  inputs: WallSeries;
  /** What a model may learn to meet: hours filled in from other days taken out as well. */
  targets: WallSeries;
  faults: Uint8Array;
}

/** All readings before `untilSeconds`, or those from `fromSeconds` on. */
export function demandData(house: HouseSeries, untilSeconds: number, fromSeconds = house.startSeconds): DemandData {
  const faults = findFaults(house, "load", untilSeconds, fromSeconds);
  const without = (...codes: number[]) => {
    const values = house.loadWh.slice(0, faults.length);
    for (let i = 0; i < faults.length; i += 1) if (codes.includes(faults[i] as number)) values[i] = Number.NaN;
    return wallSeries(house, values, untilSeconds, fromSeconds);
  };
  return { inputs: without(FAULT.stuck), targets: without(FAULT.stuck, FAULT.imputed), faults };
}

/** What is known at an origin, and what makes it worse than usual (empty where nothing does). */
export function demandHistory(house: HouseSeries, originSeconds: number): { history: History; problems: string[] } {
  const { inputs, faults } = demandData(house, originSeconds, originSeconds - LOOK_BACK_SECONDS);
  const history = new History(inputs, wallHour(originSeconds, zoneOffset(house.timeZone)));
  return { history, problems: problemsOf(history, faults) };
}

function problemsOf(history: History, faults: Uint8Array): string[] {
  const problems: string[] = [];
  const isKnown = (k: number) => !Number.isNaN(history.at(history.origin - k));
  const hours = Array.from({ length: 24 * DAYS_BACK }, (_, k) => k + 1);
  const total = hours.filter(isKnown).length;
  let stuck = 0;
  while (faults[faults.length - 1 - stuck] === FAULT.stuck) stuck += 1;
  if (stuck > 0) problems.push(`the meter has shown one value for ${stuck} hours`);
  const newest = hours.find(isKnown);
  if (newest === undefined) problems.push(`no usable reading in ${DAYS_BACK} days`);
  else if (newest > 24 && stuck === 0) problems.push(`no reading for ${newest - 1} hours`);
  else if (total < 24) problems.push(`only ${total} hours of readings`);
  const imputed = faults.subarray(-168).filter((fault) => fault === FAULT.imputed).length;
  if (imputed >= 84) problems.push(`${imputed} of the last 168 hours repeat earlier days to the last digit`);
  return problems;
}

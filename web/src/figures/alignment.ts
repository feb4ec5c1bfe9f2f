// The forecast of each hour beside what was metered in it.

import type { HourAhead } from "../forecast/useForecast.ts";
import { HOUR } from "./days.ts";

export interface AlignedHour {
  /** Unix seconds. */
  start: number;
  /** Null where it is not known, as all the others. */
  meteredWh: number | null;
  expectedWh: number | null;
  lowerWh: number | null;
  upperWh: number | null;
}

interface Sources {
  /** Hours that begin in [from, to). */
  from: number;
  to: number;
  metered: readonly { start: number; wh: number }[];
  /** What was said of hours before they began. */
  issued: readonly HourAhead[];
  /** What is said now, of the present hour and later ones. */
  ahead: readonly HourAhead[];
}

/** Every hour of the stretch, known or not. What is said now counts for hours to come, what was said for those before. */
export function alignHours({ from, to, metered, issued, ahead }: Sources): AlignedHour[] {
  const meteredAt = new Map(metered.map(({ start, wh }) => [start, wh]));
  const said = new Map([...issued, ...ahead].map((hour) => [hour.start, hour]));
  const hours: AlignedHour[] = [];
  for (let start = Math.ceil(from / HOUR) * HOUR; start < to; start += HOUR) {
    const band = said.get(start);
    hours.push({
      start,
      meteredWh: meteredAt.get(start) ?? null,
      expectedWh: band?.expectedWh ?? null,
      lowerWh: band?.lowerWh ?? null,
      upperWh: band?.upperWh ?? null,
    });
  }
  return hours;
}

export interface HoursSummary {
  /** Metered so far. Null where no hour is known. */
  meteredWh: number | null;
  /** Expected of the hours from now on. Null where one of them is not forecast. */
  expectedWh: number | null;
  /** Hours with both, and those of them that lay in the band. */
  compared: number;
  inBand: number;
}

export function summaryOf(hours: readonly AlignedHour[], now: number): HoursSummary {
  const metered = hours.flatMap(({ meteredWh }) => meteredWh ?? []);
  const ahead = hours.filter(({ start }) => start + HOUR > now);
  const whole = ahead.length > 0 && ahead.every(({ expectedWh }) => expectedWh !== null);
  let [compared, inBand] = [0, 0];
  for (const { meteredWh, lowerWh, upperWh } of hours) {
    if (meteredWh === null || lowerWh === null || upperWh === null) continue;
    compared += 1;
    if (meteredWh >= lowerWh && meteredWh <= upperWh) inBand += 1;
  }
  return {
    meteredWh: metered.length > 0 ? metered.reduce((sum, wh) => sum + wh, 0) : null,
    expectedWh: whole ? ahead.reduce((sum, { expectedWh }) => sum + (expectedWh ?? 0), 0) : null,
    compared,
    inBand,
  };
}

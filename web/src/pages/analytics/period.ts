// Stretches of time that can be looked at, and the windows in which the forecast service measures them.

import { DAY, startOfUtcDay } from "../../figures/days.ts";
import type { Measures } from "../../figures/MeasuresCard.tsx";

export const PERIODS = [7, 30, 90, "all"] as const;
export type Period = (typeof PERIODS)[number];

/** Slots are shown one by one up to so many days; beyond it they can't be told apart. */
export const MOST_SLOT_DAYS = 30;

/** The service measures at most 31 days at once. */
const WINDOW_DAYS = 30;
const MOST_WINDOWS = 12;

/** Days of a period up to the end of today, from its first UTC day on; `oldest` is when the market began. */
export function startOf(period: Period, now: number, oldest: number): number {
  const today = startOfUtcDay(now);
  return period === "all" ? startOfUtcDay(Math.min(oldest, now)) : today - (period - 1) * DAY;
}

export interface Window {
  /** Unix seconds of UTC midnights, the last not included. */
  from: number;
  to: number;
  days: number;
}

/** The windows of [from, the end of today], oldest first: days in a week, else stretches of a month at most. */
export function windowsOf(from: number, now: number): Window[] {
  const end = startOfUtcDay(now) + DAY;
  const all = Math.round((end - from) / DAY);
  const days = all <= 7 ? 1 : all <= WINDOW_DAYS ? 6 : WINDOW_DAYS;
  const windows: Window[] = [];
  for (let to = end; to > from && windows.length < MOST_WINDOWS; to -= days * DAY) {
    const begins = Math.max(from, to - days * DAY);
    windows.unshift({ from: begins, to, days: Math.round((to - begins) / DAY) });
  }
  return windows;
}

/** Measures of windows together. A sum is known where all its parts are, a share where something was metered. */
export function together(parts: readonly Measures[]): Measures {
  const sum = (pick: (part: Measures) => bigint | null): bigint | null =>
    parts.reduce<bigint | null>((total, part) => {
      const value = pick(part);
      return total === null || value === null ? null : total + value;
    }, 0n);
  const metered = parts.filter(({ producedWh, consumedWh }) => producedWh !== null && consumedWh !== null);
  const some = (pick: (part: Measures) => bigint | null): bigint | null =>
    metered.length === 0 ? null : metered.reduce((total, part) => total + (pick(part) ?? 0n), 0n);
  const producedWh = some((part) => part.producedWh);
  const consumedWh = some((part) => part.consumedWh);
  // What was used of the community's own: the same energy in both shares.
  const local = metered.reduce((total, part) => total + (part.selfSufficiency ?? 0) * Number(part.consumedWh ?? 0n), 0);
  const share = (whole: bigint | null) => (whole === null || whole === 0n ? null : local / Number(whole));
  return {
    producedWh,
    consumedWh,
    selfSufficiency: share(consumedWh),
    selfConsumption: share(producedWh),
    buyersSaved: sum((part) => part.buyersSaved),
    sellersGained: sum((part) => part.sellersGained),
    meteredHours: parts.reduce((total, part) => total + part.meteredHours, 0),
  };
}

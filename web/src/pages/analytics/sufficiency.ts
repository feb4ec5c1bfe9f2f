// Self-sufficiency day by day, from the published hours.
import { DAY, startOfUtcDay } from "../../figures/days.ts";

interface Hour {
  start: number;
  productionWh: number;
  consumptionWh: number;
}

export interface SufficiencyDay {
  /** Start of the UTC day. */
  start: number;
  hours: number;
  producedWh: number;
  consumedWh: number;
  /** Σ min(production, consumption) ÷ Σ consumption, hour by hour; null where nothing is known of the day. */
  share: number | null;
}

/** Every UTC day from the first known one to the last, known or not. */
export function sufficiencyDays(hours: readonly Hour[]): SufficiencyDay[] {
  const days = new Map<number, { hours: number; local: number; producedWh: number; consumedWh: number }>();
  for (const { start, productionWh, consumptionWh } of hours) {
    const day = startOfUtcDay(start);
    const sum = days.get(day) ?? { hours: 0, local: 0, producedWh: 0, consumedWh: 0 };
    sum.hours += 1;
    sum.local += Math.min(productionWh, consumptionWh);
    sum.producedWh += productionWh;
    sum.consumedWh += consumptionWh;
    days.set(day, sum);
  }
  const starts = [...days.keys()];
  const all: SufficiencyDay[] = [];
  for (let start = Math.min(...starts); start <= Math.max(...starts); start += DAY) {
    const { hours: known = 0, local = 0, producedWh = 0, consumedWh = 0 } = days.get(start) ?? {};
    all.push({ start, hours: known, producedWh, consumedWh, share: consumedWh > 0 ? local / consumedWh : null });
  }
  return all;
}

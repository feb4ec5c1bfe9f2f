// The linear program of an island, solved by one aim after the other.
import type { Highs, Model } from "highs";
import { type Island, perTier, TIERS, type Tier } from "./island.ts";

/**
 * Slack, in units, with which a later aim keeps what an earlier one reached: above the solver's own tolerance of 1e-7. Where rounding
 * leaves it no way between the two, the next one is tried.
 */
const SLACKS = [1e-5, 1e-4, 1e-3];

/** The solver found no optimum for these numbers. */
export class UnsolvedError extends Error {}

/** Amounts of a slot as solved; per battery where it says so. */
export interface SolvedSlot {
  servedWh: Record<Tier, number>;
  chargedWh: number[];
  dischargedWh: number[];
  storedWh: number[];
  curtailedWh: number;
  reserveShortWh: number;
}

/** Share of energy that survives one of the two ways through a battery. */
export const oneWay = (roundTripEfficiency: number): number => Math.sqrt(roundTripEfficiency);

export const solarOf = (island: Island, slot: number): number => island.slots[slot]?.solarWh[island.countOn] ?? 0;

/** A battery that holds less than its floor when the plan begins may fall no lower. */
export const lowestOf = (battery: { floorWh: number; storedWh: number }): number =>
  Math.min(battery.floorWh, battery.storedWh);

/**
 * What the batteries should still be able to give at each slot's end: what critical loads lack over the hours to come,
 * on the lower solar. Hours after the last slot are taken to be as those a day before. No more than batteries can hold.
 */
export function reservesOf({ slots, slotSeconds, reserveHours, batteries }: Island): number[] {
  const most = batteries.reduce((sum, b) => sum + (b.capacityWh - lowestOf(b)) * oneWay(b.roundTripEfficiency), 0);
  const slotsPerDay = Math.round(86_400 / slotSeconds);
  const ahead = Math.round((reserveHours * 3600) / slotSeconds);
  const lacking = slots.map(({ loadWh, solarWh }) => Math.max(0, loadWh.critical - solarWh.lower));
  return slots.map((_, slot) => {
    let sum = 0;
    for (let next = slot + 1; next <= slot + ahead; next += 1) sum += lacking[next] ?? lacking[next - slotsPerDay] ?? 0;
    return Math.min(sum, most);
  });
}

/**
 * Solves for these aims, each as far as all before it allow (lexicographic optimisation): critical load served, and that
 * early (no critical load is shed now for the sake of a later one), reserve kept, essential load served, normal load
 * served; then, among plans that serve as much, earlier slots first, since later ones can be planned anew; the most stored
 * at the end; the least through the batteries. Each aim's optimum becomes a constraint of the next, so that no sum of lower
 * loads can ever outweigh a higher one, as it could with weights.
 *
 *   solar + Σ discharge = Σ served + Σ charge + curtailed                 (each slot)
 *   stored = stored before + √η · charge − discharge / √η                 (each battery and slot)
 *   Σ √η · (stored − lowest) + short ≥ reserve                            (each slot)
 */
export function solveIsland(highs: Highs, island: Island): SolvedSlot[] {
  const unitWh = unitOf(island);
  const solved = solveWithin(highs, scaled(island, 1 / unitWh), SLACKS);
  if (unitWh === 1) return solved;
  const back = (amount: number) => amount * unitWh;
  return solved.map((slot) => ({
    servedWh: perTier((tier) => back(slot.servedWh[tier])),
    chargedWh: slot.chargedWh.map(back),
    dischargedWh: slot.dischargedWh.map(back),
    storedWh: slot.storedWh.map(back),
    curtailedWh: back(slot.curtailedWh),
    reserveShortWh: back(slot.reserveShortWh),
  }));
}

/** The greatest amount that is solved as it is, in Wh: the solver's tolerances are absolute, and from 1e6 on it fails now and then. */
const MOST_AS_IS = 1e5;

/** Wh that are one in the program: above 1 for an island whose amounts are too large for the solver's tolerances. */
export function unitOf({ slots, batteries }: Island): number {
  const most = Math.max(
    ...slots.flatMap(({ loadWh, solarWh }) => [...TIERS.map((tier) => loadWh[tier]), solarWh.lower, solarWh.median]),
    ...batteries.map(({ capacityWh }) => capacityWh),
  );
  return Math.max(1, most / MOST_AS_IS);
}

function scaled(island: Island, factor: number): Island {
  if (factor === 1) return island;
  return {
    ...island,
    slots: island.slots.map(({ startsAt, solarWh, loadWh }) => ({
      startsAt,
      solarWh: { lower: solarWh.lower * factor, median: solarWh.median * factor },
      loadWh: perTier((tier) => loadWh[tier] * factor),
    })),
    batteries: island.batteries.map((battery) => ({
      ...battery,
      capacityWh: battery.capacityWh * factor,
      storedWh: battery.storedWh * factor,
      floorWh: battery.floorWh * factor,
      chargeWatts: battery.chargeWatts * factor,
      dischargeWatts: battery.dischargeWatts * factor,
    })),
  };
}

function solveWithin(highs: Highs, island: Island, [slack = 0, ...wider]: readonly number[]): SolvedSlot[] {
  try {
    return solveScaled(highs, island, slack);
  } catch (error) {
    if (wider.length > 0 && error instanceof UnsolvedError) return solveWithin(highs, island, wider);
    throw error;
  }
}

function solveScaled(highs: Highs, island: Island, slack: number): SolvedSlot[] {
  return highs.withModel((model) => {
    model.options.set({ output_flag: false, presolve: "off" });
    const { slots, batteries } = island;
    const hours = island.slotSeconds / 3600;
    const reserves = reservesOf(island);
    const { inf, add, row } = builder(highs, model);

    const columns = slots.map(({ loadWh }, slot) => ({
      served: { critical: add(loadWh.critical), essential: add(loadWh.essential), normal: add(loadWh.normal) },
      charged: batteries.map((battery) => add(useful(battery.chargeWatts * hours, battery))),
      discharged: batteries.map((battery) => add(useful(battery.dischargeWatts * hours, battery))),
      stored: batteries.map((battery) => add(battery.capacityWh, lowestOf(battery))),
      curtailed: add(solarOf(island, slot)),
      short: add(reserves[slot] ?? 0),
    }));
    for (const [slot, now] of columns.entries()) {
      const before = columns[slot - 1];
      row(solarOf(island, slot), solarOf(island, slot), [
        ...TIERS.map((tier) => [now.served[tier], 1] as const),
        ...now.charged.map((column) => [column, 1] as const),
        ...now.discharged.map((column) => [column, -1] as const),
        [now.curtailed, 1],
      ]);
      const held: (readonly [number, number])[] = [];
      let lowest = 0;
      for (const [index, battery] of batteries.entries()) {
        const way = oneWay(battery.roundTripEfficiency);
        const [stored, charged, discharged] = [now.stored[index], now.charged[index], now.discharged[index]];
        if (stored === undefined || charged === undefined || discharged === undefined) continue;
        const last = before?.stored[index];
        const from = last === undefined ? battery.storedWh : 0;
        row(from, from, [
          [stored, 1],
          [charged, -way],
          [discharged, 1 / way],
          ...(last === undefined ? [] : [[last, -1] as const]),
        ]);
        held.push([stored, way]);
        lowest += lowestOf(battery) * way;
      }
      if ((reserves[slot] ?? 0) > 0) row((reserves[slot] ?? 0) + lowest, inf, [...held, [now.short, 1]]);
    }

    const all = (tier: Tier) => columns.map(({ served }) => [served[tier], -1] as const);
    const early = (tier: Tier) => columns.map(({ served }, slot) => [served[tier], slot / slots.length - 1] as const);
    const aims: (readonly (readonly [number, number])[])[] = [
      all("critical"),
      early("critical"),
      columns.map(({ short }) => [short, 1] as const),
      all("essential"),
      all("normal"),
      early("essential"),
      early("normal"),
      (columns.at(-1)?.stored ?? []).map((column) => [column, -1] as const),
      columns.flatMap(({ charged, discharged }) => [...charged, ...discharged].map((column) => [column, 1] as const)),
    ];
    let values: ArrayLike<number> = [];
    for (const aim of aims) {
      for (const [column, cost] of aim) model.changeColCost(column, cost);
      model.run();
      const status = model.getModelStatus();
      // Serving nothing and curtailing everything is always feasible, so anything else is a fault of the numbers.
      if (status !== highs.constants.modelStatus.optimal) {
        throw new UnsolvedError(`HiGHS ended with model status ${status}`);
      }
      values = model.getSolution().colValue;
      row(-inf, model.getObjectiveValue() + slack, aim);
      for (const [column] of aim) model.changeColCost(column, 0);
    }
    const value = (column: number) => Math.max(0, values[column] ?? 0);
    return columns.map((now) => ({
      servedWh: {
        critical: value(now.served.critical),
        essential: value(now.served.essential),
        normal: value(now.served.normal),
      },
      chargedWh: now.charged.map(value),
      dischargedWh: now.discharged.map(value),
      storedWh: now.stored.map(value),
      curtailedWh: value(now.curtailed),
      reserveShortWh: value(now.short),
    }));
  });
}

/** More than fills or empties a battery in a slot is of no use. */
const useful = (
  energyWh: number,
  { capacityWh, roundTripEfficiency }: { capacityWh: number; roundTripEfficiency: number },
) => Math.min(energyWh, (2 * capacityWh) / oneWay(roundTripEfficiency));

function builder(highs: Highs, model: Model) {
  const inf = highs.infinity;
  let count = 0;
  return {
    inf,
    /** A column between `least` and `most`; its index. */
    add(most: number, least = 0): number {
      model.addVar(least, most);
      count += 1;
      return count - 1;
    },
    row(least: number, most: number, entries: readonly (readonly [number, number])[]): void {
      model.addRow(least, most, {
        indices: entries.map(([column]) => column),
        values: entries.map(([, factor]) => factor),
      });
    },
  };
}

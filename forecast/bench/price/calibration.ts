// What suggestions said of their hours before, beside what the operator's solver then made of everybody's following them.
import { solve } from "@gridx/operator/clear/solve";
import { priceSlot } from "../../src/price/suggest.ts";
import type { GridTariff } from "../../src/price/tariff.ts";
import { table } from "../table.ts";
import { marketOf } from "./backtest.ts";
import type { Community } from "./community.ts";
import { forecastsAt } from "./look-back.ts";

/** A probability, or a share, and how much of it came true: 0 to 1. */
interface Said {
  said: number;
  happened: number;
}

/** Of an hour and a side: that all of it is served, and which share of it is. */
interface Told {
  whole: Said;
  share: Said;
}

/** Null where nothing was said, or where nobody then had anything to be right about. */
interface HourTold {
  ask: Told | null;
  bid: Told | null;
}

export function suggestionsOf(community: Community, base: Omit<GridTariff, "retailPerKwh">): HourTold[] {
  return community.hours.map((hour, index) => {
    const tariff = { ...base, retailPerKwh: hour.retailPerKwh };
    const slot = priceSlot({ tariff, homes: forecastsAt(community, index), bidsWh: 0n, past: [] });
    if (!slot) return { ask: null, bid: null };
    const prices = hour.readings.map(() => ({ ask: slot.ask.pricePerKwh, limit: slot.bid.pricePerKwh }));
    const { market, surplus, deficit } = marketOf(hour, prices, base.feeBps);
    const { energyWh } = solve(market);
    const told = ({ chance, expectedShare }: typeof slot.ask, sideWh: readonly bigint[]): Told | null => {
      const offeredWh = sideWh.reduce((sum, wh) => sum + wh, 0n);
      if (!chance || expectedShare === null || offeredWh === 0n) return null;
      return {
        whole: { said: chance.probability, happened: energyWh === offeredWh ? 1 : 0 },
        share: { said: expectedShare, happened: Number(energyWh) / Number(offeredWh) },
      };
    };
    return { ask: told(slot.ask, surplus), bid: told(slot.bid, deficit) };
  });
}

/** A row for each fifth of what was said, and one for all. */
export function calibration(all: readonly Said[]): string {
  const percent = (values: readonly number[]) =>
    values.length === 0 ? "–" : `${((100 * values.reduce((a, b) => a + b, 0)) / values.length).toFixed(1)} %`;
  const row = (name: string, hours: readonly Said[]) => [
    name,
    String(hours.length),
    percent(hours.map(({ said }) => said)),
    percent(hours.map(({ happened }) => happened)),
  ];
  const fifths = [0, 1, 2, 3, 4].map((fifth) =>
    row(
      `${20 * fifth} to ${20 * (fifth + 1)} %`,
      all.filter(({ said }) => Math.min(4, Math.floor(said * 5)) === fifth),
    ),
  );
  return table([["said", "hours", "mean said", "happened"], ...fifths, row("all", all)]);
}

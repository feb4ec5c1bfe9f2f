// What the rows must be, out of the decoded logs. Plain arithmetic of its own: nothing of the handlers is used here.
import { replayHouses } from "./replay/houses.ts";
import type { Logs } from "./replay/logs.ts";
import { replayMarket } from "./replay/market.ts";
import { replayMoney } from "./replay/money.ts";
import { parts } from "./replay/parts.ts";
import type { totalsOf } from "./replay/rows.ts";
import { begin } from "./replay/state.ts";

const ROOMS = [replayHouses, replayMarket, replayMoney];

export function replay(logs: Logs, slotDuration: number) {
  const state = begin(slotDuration);
  for (const log of logs) {
    state.facts += 1;
    // What is of no room, such as a role, is no fact.
    if (!ROOMS.some((room) => room(state, log))) state.facts -= 1;
  }
  const { slots, days, trades } = state;
  // Nothing was traded where a clearing matched nothing.
  for (const totals of [...slots.values(), ...days.values()]) if (totals.trades === 0) totals.low = 0n;
  const dayOf = ({ slot }: { slot: number }) => Math.floor((slot * slotDuration) / 86400);
  const bySlot = parts(trades, ({ slot }) => slot);
  const byDay = parts(trades, dayOf);
  const count = (totals: ReadonlyMap<number, ReturnType<typeof totalsOf>>, rows: typeof byDay) => {
    for (const [period, total] of totals) {
      const present = rows.filter((row) => row.period === period);
      total.buyers = present.filter(({ purchases }) => purchases > 0).length;
      total.sellers = present.filter(({ sales }) => sales > 0).length;
    }
  };
  count(slots, bySlot);
  count(days, byDay);
  return { ...state, bySlot, byDay };
}
export type Replayed = ReturnType<typeof replay>;

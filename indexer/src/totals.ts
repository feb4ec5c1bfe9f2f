// Totals by slot and by day.
import type { Context } from "ponder:registry";
import { dayMarket, slotMarket } from "ponder:schema";
import { deployment } from "./deployment.ts";

const SECONDS_PER_DAY = 86_400n;

type Totals = Omit<typeof slotMarket.$inferSelect, "slot">;

const nothing: Totals = {
  volumeWh: 0n,
  turnover: 0n,
  fees: 0n,
  high: 0n,
  low: 0n,
  trades: 0,
  carbonGrams: 0n,
  clearedWh: 0n,
  clearedTurnover: 0n,
  clearingPrice: null,
};

function higher(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

/** Zero is the low of nothing, and no price. */
function lower(a: bigint, b: bigint): bigint {
  if (a === 0n || b === 0n) return a + b;
  return -higher(-a, -b);
}

function add(a: Totals, b: Totals): Totals {
  return {
    volumeWh: a.volumeWh + b.volumeWh,
    turnover: a.turnover + b.turnover,
    fees: a.fees + b.fees,
    high: higher(a.high, b.high),
    low: lower(a.low, b.low),
    trades: a.trades + b.trades,
    carbonGrams: a.carbonGrams + b.carbonGrams,
    clearedWh: a.clearedWh + b.clearedWh,
    clearedTurnover: a.clearedTurnover + b.clearedTurnover,
    clearingPrice: b.clearingPrice ?? a.clearingPrice,
  };
}

/** Adds to the totals of a slot and of the day in which it began. */
export async function addToMarkets(context: Context, slot: number, part: Partial<Totals>) {
  const totals = { ...nothing, ...part };
  const day = Number((BigInt(slot) * BigInt(deployment.slotDuration)) / SECONDS_PER_DAY);
  await context.db
    .insert(slotMarket)
    .values({ slot, ...totals })
    .onConflictDoUpdate((row) => add(row, totals));
  await context.db
    .insert(dayMarket)
    .values({ day, ...totals })
    .onConflictDoUpdate((row) => add(row, totals));
}

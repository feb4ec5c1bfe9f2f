import type { dayMarket, slotMarket } from "ponder:schema";
import { slotStart } from "@gridx/contracts";
import { deployment } from "../../deployment.ts";

export const SECONDS_PER_DAY = 86_400;

type DayRow = typeof dayMarket.$inferSelect;

function presentTotals(row: Omit<DayRow, "day">) {
  const { volumeWh, turnover, clearingPrice } = row;
  return {
    volumeWh: String(volumeWh),
    turnover: String(turnover),
    fees: String(row.fees),
    averagePerKwh: volumeWh === 0n ? null : String((turnover * 1000n) / volumeWh),
    high: row.trades === 0 ? null : String(row.high),
    low: row.trades === 0 ? null : String(row.low),
    trades: row.trades,
    buyers: row.buyers,
    sellers: row.sellers,
    carbonGrams: String(row.carbonGrams),
    clearedWh: String(row.clearedWh),
    clearedTurnover: String(row.clearedTurnover),
    clearingPrice: clearingPrice === null ? null : String(clearingPrice),
  };
}

export const presentSlotMarket = (row: typeof slotMarket.$inferSelect) => ({
  slot: row.slot,
  start: slotStart(row.slot, deployment.slotDuration),
  ...presentTotals(row),
});

export const presentDayMarket = (row: DayRow) => ({
  day: row.day,
  start: row.day * SECONDS_PER_DAY,
  ...presentTotals(row),
});

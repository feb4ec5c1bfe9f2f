import type { fillSkipped, slotClearing } from "ponder:schema";
import { getAddress } from "viem";
import { origin } from "./present.ts";

export const presentClearing = (row: typeof slotClearing.$inferSelect) => ({
  slot: row.slot,
  pricePerKwh: String(row.pricePerKwh),
  energyWh: String(row.energyWh),
  trades: row.trades,
  ...origin(row),
});

export const presentSkipped = (row: typeof fillSkipped.$inferSelect) => ({
  slot: row.slot,
  participant: getAddress(row.participant),
  reason: row.reason,
  ...origin(row),
});

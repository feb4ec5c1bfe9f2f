import type { Trade } from "@gridx/indexer/client";

/** Every field of a row that is compared. */
export const FIELDS = [
  "tradeId",
  "seller",
  "buyer",
  "slot",
  "energyWh",
  "pricePerKwh",
  "payment",
  "feePaid",
  "carbonGrams",
  "blockNumber",
  "blockTimestamp",
  "transactionHash",
  "logIndex",
  "cleared",
] as const satisfies readonly (keyof Trade)[];

/** A row as one text: rows that differ in any field have another one. */
export function rowKey(row: Trade): string {
  return FIELDS.map((field) => String(row[field])).join("|");
}

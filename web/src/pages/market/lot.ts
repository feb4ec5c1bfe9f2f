import type { Lot } from "@gridx/indexer/client";

export type LotId = Pick<Lot, "seller" | "slot">;

export const sameLot = (a: LotId, b: LotId): boolean => a.seller === b.seller && a.slot === b.slot;

export const leftWh = (lot: Lot): bigint => lot.attestedWh - lot.soldWh;

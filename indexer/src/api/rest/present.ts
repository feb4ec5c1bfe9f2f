// Rows as the API shows them: addresses with checksum, big integers as decimal text.
import type {
  account,
  carbonTransaction,
  carbonWallet,
  emergency,
  energyProduction,
  energyTrade,
  house,
  lot,
  quote,
} from "ponder:schema";
import { type Address, getAddress } from "viem";

interface Origin {
  blockNumber: number;
  blockTimestamp: bigint;
  transactionHash: string;
  logIndex: number;
}

export const origin = ({ blockNumber, blockTimestamp, transactionHash, logIndex }: Origin) => ({
  blockNumber,
  blockTimestamp: Number(blockTimestamp),
  transactionHash,
  logIndex,
});

export function presentTrade(row: typeof energyTrade.$inferSelect) {
  return {
    tradeId: row.tradeId,
    seller: getAddress(row.seller),
    buyer: getAddress(row.buyer),
    slot: row.slot,
    energyWh: String(row.energyWh),
    pricePerKwh: String(row.pricePerKwh),
    payment: String(row.payment),
    feePaid: String(row.feePaid),
    carbonGrams: String(row.carbonGrams),
    cleared: row.cleared,
    ...origin(row),
  };
}

export function presentLot(row: typeof lot.$inferSelect) {
  return {
    seller: getAddress(row.seller),
    slot: row.slot,
    attestedWh: String(row.attestedWh),
    soldWh: String(row.soldWh),
    ask: String(row.ask),
  };
}

type AccountRow = typeof account.$inferSelect;
type QuoteRow = typeof quote.$inferSelect;

/** A wallet that nothing happened to yet is all zeros. */
export function presentUser(
  address: Address,
  found?: {
    account: AccountRow;
    quote: QuoteRow | null;
    wallet: typeof carbonWallet.$inferSelect | null;
  },
) {
  const { account: row, quote, wallet } = found ?? {};
  return {
    address: getAddress(address),
    tier: row?.tier ?? 0,
    balance: String(row?.balance ?? 0n),
    deposited: String(row?.deposited ?? 0n),
    withdrawn: String(row?.withdrawn ?? 0n),
    feesCollected: String(row?.feesCollected ?? 0n),
    boughtWh: String(row?.boughtWh ?? 0n),
    soldWh: String(row?.soldWh ?? 0n),
    paid: String(row?.paid ?? 0n),
    feesPaid: String(row?.feesPaid ?? 0n),
    earned: String(row?.earned ?? 0n),
    purchases: row?.purchases ?? 0,
    sales: row?.sales ?? 0,
    carbonEarnedGrams: String(wallet?.earnedGrams ?? 0n),
    carbonRetiredGrams: String(wallet?.spentGrams ?? 0n),
    ask: String(quote?.ask ?? 0n),
    askFromSlot: quote?.askFromSlot ?? 0,
    bid: String(quote?.bid ?? 0n),
    bidWh: String(quote?.bidWh ?? 0n),
    bidFromSlot: quote?.bidFromSlot ?? 0,
  };
}

export function presentBid(row: QuoteRow) {
  return {
    buyer: getAddress(row.address),
    pricePerKwh: String(row.bid),
    maxWhPerSlot: String(row.bidWh),
    fromSlot: row.bidFromSlot,
  };
}

/** `null` where it is none, or none any more, at a time. */
export function presentEmergency(row: typeof emergency.$inferSelect | undefined, now: number) {
  if (!row || row.endedBlockNumber !== null || Number(row.endsAt) <= now) return null;
  return {
    priceCap: String(row.priceCap),
    normalWhPerSlot: String(row.normalWhPerSlot),
    essentialWhPerSlot: String(row.essentialWhPerSlot),
    endsAt: Number(row.endsAt),
    reason: row.reason,
    ...origin(row),
  };
}

export function presentHouse(row: typeof house.$inferSelect) {
  return {
    house: getAddress(row.house),
    meter: getAddress(row.meter),
    owner: getAddress(row.owner),
    capacityWatts: Number(row.capacityWatts),
    fromSlot: row.fromSlot,
    active: row.active,
    newestSlot: row.newestSlot,
    exportedWh: String(row.exportedWh),
    readings: row.readings,
  };
}

export function presentProduction(row: typeof energyProduction.$inferSelect) {
  return {
    house: getAddress(row.house),
    meter: getAddress(row.meter),
    seller: getAddress(row.seller),
    slot: row.slot,
    exportWh: String(row.exportWh),
    ask: String(row.ask),
    ...origin(row),
  };
}

export function presentWallet(address: Address, row: typeof carbonWallet.$inferSelect | undefined) {
  return {
    address: getAddress(address),
    balanceGrams: String(row?.balanceGrams ?? 0n),
    earnedGrams: String(row?.earnedGrams ?? 0n),
    spentGrams: String(row?.spentGrams ?? 0n),
  };
}

export function presentCarbonTransaction(row: typeof carbonTransaction.$inferSelect) {
  return {
    id: row.id,
    address: getAddress(row.address),
    kind: row.kind,
    grams: String(row.grams),
    tradeId: row.tradeId,
    beneficiary: row.beneficiary,
    reason: row.reason,
    ...origin(row),
  };
}

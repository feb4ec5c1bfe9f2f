// Shapes of the indexer's REST answers.
import { z } from "zod/mini";
import { address, hash, integer } from "./primitives.ts";

/** Where on the chain a row comes from. */
export const origin = {
  blockNumber: z.int(),
  /** Unix seconds. */
  blockTimestamp: z.int(),
  transactionHash: hash,
  logIndex: z.int(),
};

/** One trade: `EnergyTradeLogged`. */
export const tradeSchema = z.object({
  tradeId: hash,
  seller: address,
  buyer: address,
  slot: z.int(),
  energyWh: integer,
  /** What the seller receives per kWh, in token base units. */
  pricePerKwh: integer,
  /** What the seller received: `ceil(energyWh * pricePerKwh / 1000)`. */
  payment: integer,
  /** Grid fee that the buyer paid on top. */
  feePaid: integer,
  carbonGrams: integer,
  /** Matched by a clearing; else bought directly. */
  cleared: z.boolean(),
  ...origin,
});
export type Trade = z.output<typeof tradeSchema>;

/** What one seller exported in one slot. */
export const lotSchema = z.object({
  seller: address,
  slot: z.int(),
  attestedWh: integer,
  soldWh: integer,
  /** Token base units per kWh; 0 is not for sale. */
  ask: integer,
});
export type Lot = z.output<typeof lotSchema>;

/** A participant: money and energy so far. */
export const userSchema = z.object({
  address,
  tier: z.int(),
  balance: integer,
  deposited: integer,
  withdrawn: integer,
  /** Grid fees that were paid out to it as the treasury. */
  feesCollected: integer,
  boughtWh: integer,
  soldWh: integer,
  /** Payments to sellers, fees apart. */
  paid: integer,
  feesPaid: integer,
  /** Payments received. */
  earned: integer,
  purchases: z.int(),
  sales: z.int(),
  carbonEarnedGrams: integer,
  carbonRetiredGrams: integer,
  /** Standing ask for lots from `askFromSlot` on; 0 is not for sale. */
  ask: integer,
  askFromSlot: z.int(),
  /** Standing bid: the most to pay per kWh, fee included, for at most `bidWh` in each slot; 0 is none. */
  bid: integer,
  bidWh: integer,
  bidFromSlot: z.int(),
});
export type User = z.output<typeof userSchema>;

/** A standing bid. */
export const bidSchema = z.object({
  buyer: address,
  /** The most to pay per kWh, fee included. */
  pricePerKwh: integer,
  maxWhPerSlot: integer,
  /** First slot that it serves. */
  fromSlot: z.int(),
});
export type Bid = z.output<typeof bidSchema>;

/** An emergency in force. */
export const emergencySchema = z.object({
  /** No trade above it. */
  priceCap: integer,
  /** What tiers 1 and 2 can buy in one slot of block time; tier 3 has no limit, tier 0 buys nothing. */
  normalWhPerSlot: integer,
  essentialWhPerSlot: integer,
  /** Unix seconds. */
  endsAt: z.int(),
  reason: z.string(),
  ...origin,
});
export type Emergency = z.output<typeof emergencySchema>;

/** An installation, known by its first meter's key. */
export const houseSchema = z.object({
  house: address,
  meter: address,
  owner: address,
  capacityWatts: z.int(),
  fromSlot: z.int(),
  active: z.boolean(),
  newestSlot: z.nullable(z.int()),
  exportedWh: integer,
  readings: z.int(),
});
export type House = z.output<typeof houseSchema>;

/** An attested reading: `EnergyAttested`. */
export const productionSchema = z.object({
  house: address,
  meter: address,
  seller: address,
  slot: z.int(),
  exportWh: integer,
  ask: integer,
  ...origin,
});
export type Production = z.output<typeof productionSchema>;

/** Carbon of a participant. */
export const carbonWalletSchema = z.object({
  address,
  balanceGrams: integer,
  earnedGrams: integer,
  spentGrams: integer,
});
export type CarbonWallet = z.output<typeof carbonWalletSchema>;

/** A line of the leaderboard: most carbon earned ever, first. */
export const leaderSchema = z.extend(carbonWalletSchema, { rank: z.int(), boughtWh: integer });
export type Leader = z.output<typeof leaderSchema>;

/** The same of the energy of some UTC days. */
export const periodLeaderSchema = z.object({ address, earnedGrams: integer, boughtWh: integer, rank: z.int() });
export type PeriodLeader = z.output<typeof periodLeaderSchema>;

export const carbonTransactionSchema = z.object({
  /** Trade or claim id. */
  id: hash,
  address,
  kind: z.enum(["earned", "spent"]),
  grams: integer,
  tradeId: z.nullable(hash),
  beneficiary: z.nullable(z.string()),
  reason: z.nullable(z.string()),
  ...origin,
});
export type CarbonTransaction = z.output<typeof carbonTransactionSchema>;

/** The market's rules in force and where the indexer stands. */
export const marketSchema = z.object({
  chainId: z.int(),
  contract: address,
  runId: z.nullable(z.string()),
  blockNumber: z.int(),
  blockTimestamp: z.int(),
  /**
   * Ledger head that the rows make. `blockNumber` is a height; only this tells the fork: where it is the contract's
   * `head()` at that block, the rows are all of the chain up to it.
   */
  head: hash,
  slotDuration: z.int(),
  feeBps: z.int(),
  tradingWindow: z.int(),
  shelfDelaySlots: z.int(),
  membersOnly: z.boolean(),
  minPrice: integer,
  maxPrice: integer,
  treasury: address,
  gramsPerMwh: z.int(),
  emissionSource: z.string(),
  emissionVintage: z.string(),
  /** The newest slot that was cleared, with what all its clearings matched. */
  lastClearing: z.nullable(z.object({ slot: z.int(), pricePerKwh: integer, energyWh: integer, trades: z.int() })),
  emergency: z.nullable(emergencySchema),
});
export type Market = z.output<typeof marketSchema>;

/** The ledger head, recomputed from the indexed fields of every fact, beside the one on the chain. */
export const auditSchema = z.object({
  blockNumber: z.int(),
  facts: z.int(),
  headOnChain: hash,
  headRecomputed: hash,
  equal: z.boolean(),
  /** The first row whose stored head or id is not what its fields make. */
  firstMismatch: z.nullable(z.object({ index: z.int(), eventName: z.string(), claimed: hash, computed: hash })),
});
export type Audit = z.output<typeof auditSchema>;

export const transactionSchema = z.object({
  hash,
  status: z.enum(["pending", "indexed", "confirmed", "reverted", "unknown"]),
  blockNumber: z.nullable(z.int()),
  trades: z.array(tradeSchema),
});
export type IndexedTransaction = z.output<typeof transactionSchema>;

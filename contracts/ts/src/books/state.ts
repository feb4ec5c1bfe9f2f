// What a community is, as its events make it. Addresses in lower case; energy in Wh, money in token base units.
import type { Address, Hex } from "viem";
import type { EventOf } from "./event.ts";

export interface BookDeployment {
  chainId: number;
  address: Address;
  token: Address;
  slotDuration: number;
  ringLength: number;
}

export interface Account {
  balance: bigint;
  carbonGrams: bigint;
  carbonEarnedGrams: bigint;
  carbonSpentGrams: bigint;
  deposited: bigint;
  withdrawn: bigint;
  boughtWh: bigint;
  soldWh: bigint;
  /** Payments to sellers, fees apart. */
  paid: bigint;
  feesPaid: bigint;
  earned: bigint;
  purchases: number;
  sales: number;
}

/** A house by its first meter's key, for as long as it has existed. */
export interface House {
  house: Address;
  meter: Address;
  owner: Address;
  capacityWatts: number;
  fromSlot: number;
  active: boolean;
  newestSlot: number | null;
  exportedWh: bigint;
  readings: number;
}

/** The contract's word of a meter key. */
export interface Meter {
  house: House;
  /** Null once the key is retired. */
  owner: Address | null;
  capacityWatts: number;
  newestSlot: number;
  bitmap: number;
}

export interface Seller {
  ask: bigint;
  newestLotSlot: number;
  nextAsk: bigint;
  nextAskFrom: number;
}

export interface Lot {
  seller: Address;
  slot: number;
  attestedWh: bigint;
  soldWh: bigint;
  /** The most that it can ask; what it asks unless it is off sale. */
  ceiling: bigint;
  offSale: boolean;
}

export interface Bid {
  pricePerKwh: bigint;
  maxWhPerSlot: bigint;
  slot: number;
  filledWh: bigint;
  /** From which slot it was set. */
  fromSlot: number;
}

export interface Participant {
  tier: number;
  usedSlot: number;
  usedWh: bigint;
}

export interface Trade {
  tradeId: Hex;
  seller: Address;
  buyer: Address;
  slot: number;
  energyWh: bigint;
  pricePerKwh: bigint;
  payment: bigint;
  feePaid: bigint;
  carbonGrams: bigint;
  cleared: boolean;
}

type Rules = Omit<EventOf<"MarketParametersSet">, "name">;
type Factor = Omit<EventOf<"EmissionFactorSet">, "name">;
export type Emergency = Omit<EventOf<"EmergencyDeclared">, "name">;

export interface Books {
  readonly deployment: BookDeployment;
  head: Hex;
  facts: number;
  rules: Rules;
  factor: Factor;
  fees: bigint;
  /** The newest emergency until it is ended; its time may be over. */
  emergency: Emergency | null;
  lastClearing: { slot: number; pricePerKwh: bigint; energyWh: bigint; trades: number };
  readonly accounts: Map<Address, Account>;
  readonly houses: Map<Address, House>;
  readonly meters: Map<Address, Meter>;
  readonly participants: Map<Address, Participant>;
  readonly sellers: Map<Address, Seller>;
  /** By seller, then by place in the ring. */
  readonly lots: Map<Address, Map<number, Lot>>;
  readonly bids: Map<Address, Bid>;
}

const NOBODY: Address = "0x0000000000000000000000000000000000000000";

export function emptyBooks(deployment: BookDeployment, head: Hex): Books {
  return {
    deployment,
    head,
    facts: 0,
    rules: {
      feeBps: 0n,
      tradingWindow: 0,
      shelfDelaySlots: 0,
      membersOnly: false,
      minPrice: 0n,
      maxPrice: 0n,
      treasury: NOBODY,
    },
    factor: { gramsPerMwh: 0, source: "", vintage: "" },
    fees: 0n,
    emergency: null,
    lastClearing: { slot: 0, pricePerKwh: 0n, energyWh: 0n, trades: 0 },
    accounts: new Map(),
    houses: new Map(),
    meters: new Map(),
    participants: new Map(),
    sellers: new Map(),
    lots: new Map(),
    bids: new Map(),
  };
}

const noAccount: Account = {
  balance: 0n,
  carbonGrams: 0n,
  carbonEarnedGrams: 0n,
  carbonSpentGrams: 0n,
  deposited: 0n,
  withdrawn: 0n,
  boughtWh: 0n,
  soldWh: 0n,
  paid: 0n,
  feesPaid: 0n,
  earned: 0n,
  purchases: 0,
  sales: 0,
};

function held<K, V extends object>(map: Map<K, V>, key: K, empty: V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = { ...empty };
    map.set(key, value);
  }
  return value;
}

/** Begins to exist when it is asked for. */
export const accountOf = (books: Books, key: Address): Account => held(books.accounts, key, noAccount);
const noParticipant: Participant = { tier: 0, usedSlot: 0, usedWh: 0n };
export const participantOf = (books: Books, key: Address): Participant => held(books.participants, key, noParticipant);
const noSeller: Seller = { ask: 0n, newestLotSlot: 0, nextAsk: 0n, nextAskFrom: 0 };
export const sellerOf = (books: Books, key: Address): Seller => held(books.sellers, key, noSeller);

/** The lot of a seller and slot, unless the ring holds another in its place. */
export function lotOf(books: Books, seller: Address, slot: number): Lot | undefined {
  const lot = books.lots.get(seller)?.get(slot % books.deployment.ringLength);
  return lot?.slot === slot ? lot : undefined;
}

export const askOf = (lot: Lot): bigint => (lot.offSale ? 0n : lot.ceiling);
export const slotAt = (books: Books, timestamp: number): number =>
  Math.floor(timestamp / books.deployment.slotDuration);
export const emergencyAt = (books: Books, timestamp: number): Emergency | null =>
  books.emergency !== null && timestamp < books.emergency.endsAt ? books.emergency : null;

export function isLive(books: Books, lot: Lot | undefined, current: number): lot is Lot {
  return lot !== undefined && lot.slot < current && current - lot.slot <= books.rules.tradingWindow;
}

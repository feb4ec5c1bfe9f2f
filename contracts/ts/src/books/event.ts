import { type AbiEvent, toEventSelector } from "viem";
import { gridxAbi } from "../generated/abi.ts";
import { address, type BookLog, flag, hash, integer, small, text, Words } from "./log.ts";

type Reader = (words: Words, index: number) => unknown;

/** The fields of each event that the books are made of, in the event's order; a struct's are written out. */
export const bookFields = {
  HouseRegistered: { meter: address, owner: address, capacityWatts: small, fromSlot: small },
  HouseUpdated: { meter: address, owner: address, capacityWatts: small },
  MeterReplaced: { oldMeter: address, newMeter: address },
  HouseRetired: { meter: address },
  TierSet: { participant: address, tier: small },
  EnergyAttested: { meter: address, seller: address, slot: small, exportWh: integer, ask: integer },
  AskSet: { seller: address, fromSlot: small, pricePerKwh: integer },
  LotAskSet: { seller: address, slot: small, pricePerKwh: integer },
  EnergyTradeLogged: {
    tradeId: hash,
    seller: address,
    buyer: address,
    slot: small,
    energyWh: integer,
    pricePerKwh: integer,
    feePaid: integer,
    carbonGrams: integer,
  },
  BidSet: { buyer: address, fromSlot: small, pricePerKwh: integer, maxWhPerSlot: integer },
  SlotCleared: { slot: small, pricePerKwh: integer, energyWh: integer, trades: small },
  EmergencyDeclared: {
    priceCap: integer,
    normalWhPerSlot: integer,
    essentialWhPerSlot: integer,
    endsAt: small,
    reason: text,
  },
  EmergencyEnded: {},
  CarbonEarned: { account: address, tradeId: hash, grams: integer },
  CarbonSpent: { claimId: hash, account: address, grams: integer, beneficiary: text, reason: text },
  Deposited: { account: address, amount: integer },
  Withdrawn: { account: address, to: address, amount: integer },
  FeesCollected: { treasury: address, amount: integer },
  EmissionFactorSet: { gramsPerMwh: small, source: text, vintage: text },
  MarketParametersSet: {
    feeBps: integer,
    tradingWindow: small,
    shelfDelaySlots: small,
    membersOnly: flag,
    minPrice: integer,
    maxPrice: integer,
    treasury: address,
  },
} as const satisfies Record<string, Record<string, Reader>>;

type Fields = typeof bookFields;
export type BookEventName = keyof Fields;
type FieldsOf<K extends BookEventName> = {
  [F in keyof Fields[K]]: Fields[K][F] extends (...args: never[]) => infer Value ? Value : never;
};
export type BookEvent = { [K in BookEventName]: { name: K } & FieldsOf<K> }[BookEventName];
export type EventOf<K extends BookEventName> = Extract<BookEvent, { name: K }>;

const readers: ReadonlyMap<string, { name: string; fields: [string, Reader][] }> = new Map(
  gridxAbi.flatMap((item) => {
    if (item.type !== "event" || !(item.name in bookFields)) return [];
    const fields = Object.entries<Reader>(bookFields[item.name as BookEventName]);
    return [[toEventSelector(item as AbiEvent), { name: item.name, fields }] as const];
  }),
);

/** The event of a log, null if the books have no use for it. Throws where the log is too short for its event. */
export function bookEventOf(log: Pick<BookLog, "topics" | "data">): BookEvent | null {
  const reader = readers.get(log.topics[0] ?? "");
  if (!reader) return null;
  const words = new Words(log);
  const event: Record<string, unknown> = { name: reader.name };
  let index = 0;
  for (const [name, read] of reader.fields) event[name] = read(words, index++);
  return event as unknown as BookEvent;
}

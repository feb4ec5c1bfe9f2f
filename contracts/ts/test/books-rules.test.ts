// What no deployed contract would let through: each broken rule, planted in made-up logs, is told.
import { type Address, type Hex, toEventSelector } from "viem";
import { beforeEach, expect, test } from "vitest";
import { type BookLog, foldLog, Keeper } from "../src/books/index.ts";
import { feeOf, gridxAbi, paymentOf } from "../src/index.ts";

const SLOT = 900;
const NOW = 1000;
const deployment = {
  chainId: 1,
  address: `0x${"11".repeat(20)}`,
  token: `0x${"22".repeat(20)}`,
  slotDuration: SLOT,
  ringLength: 8,
} as const;
const who = (index: number): Address => `0x${index.toString(16).padStart(40, "0")}`;
const [meter, seller, buyer, other] = [who(0xa), who(0xb), who(0xc), who(0xd)];
const topicOf = (name: string): Hex => {
  const event = gridxAbi.find((item) => item.type === "event" && item.name === name);
  if (event?.type !== "event") throw new Error(name);
  return toEventSelector(event);
};

type Value = Address | bigint | number;
const word = (value: Value): Hex => `0x${BigInt(value).toString(16).padStart(64, "0")}`;

let keeper: Keeper;
let problems: string[];
let time: number;
let index: number;

/** Adds an event of our own making: indexed fields, then the others. */
function add(name: string, indexed: Value[], ...data: Value[]): void {
  index += 1;
  const transactionHash = word(
    name === "CarbonEarned" || name === "SlotCleared" || name === "EnergyTradeLogged" ? 1 : index,
  );
  const made: BookLog = {
    topics: [topicOf(name), ...indexed.map(word)],
    data: `0x${data.map((value) => word(value).slice(2)).join("")}`,
    ...{ blockNumber: 5, timestamp: time, transactionHash, logIndex: index },
  };
  if (name !== "EnergyTradeLogged") {
    keeper.add(made);
    return;
  }
  const tradeId = foldLog(keeper.books.head, made) ?? "0x";
  keeper.add({ ...made, topics: [made.topics[0] ?? "0x", tradeId, ...made.topics.slice(2)] });
  add("CarbonEarned", [buyer, BigInt(tradeId)], data[4] ?? 0);
}

interface TradeOptions {
  energyWh?: bigint;
  price?: bigint;
  fee?: bigint;
  grams?: bigint;
  slot?: number;
}

function trade({ energyWh = 500n, price = 4_000n, fee, grams = 0n, slot = NOW }: TradeOptions = {}): void {
  const due = feeOf(paymentOf(energyWh, price), 100n);
  add("EnergyTradeLogged", [0n, seller, buyer], slot, energyWh, price, fee ?? due, grams);
}

/** A house with a lot of 800 Wh at 4,000, a buyer with money and a bid; one slot later. */
beforeEach(() => {
  problems = [];
  [time, index] = [NOW * SLOT, 0];
  keeper = new Keeper(deployment, { problem: ({ eventName, text }) => void problems.push(`${eventName}: ${text}`) });
  add("MarketParametersSet", [], 100, 6, 0, 0, 1n, 10n ** 12n, other);
  add("HouseRegistered", [meter, seller], 4_000, NOW);
  add("AskSet", [seller], NOW, 4_000n);
  add("Deposited", [buyer], 10_000_000n);
  add("BidSet", [buyer], NOW, 5_000n, 600n);
  time += SLOT;
  add("EnergyAttested", [meter, seller, NOW], 800n, 4_000n);
  expect(problems).toEqual([]);
});

const done = () => {
  keeper.flush();
  return problems;
};
const clear = (energyWh: bigint, trades: number, price = 4_000n, slot = NOW) =>
  add("SlotCleared", [slot], price, energyWh, trades);

/** Acts one after the other. */
const all =
  (...acts: (() => unknown)[]) =>
  () => {
    for (const act of acts) act();
  };
const later = () => {
  time += SLOT;
};
const sold = (options?: TradeOptions) => () => trade(options);
const cleared =
  (...args: Parameters<typeof clear>) =>
  () =>
    clear(...args);
/** A reading of the slot after the first. */
const read =
  (of: Address, energyWh: bigint, ask = 4_000n) =>
  () =>
    add("EnergyAttested", [meter, of, NOW + 1], energyWh, ask);

/** A bid of the present slot. */
const bid = (pricePerKwh: bigint) => () => add("BidSet", [buyer], NOW + 1, pricePerKwh, 600n);
/** Market parameters as at first, but for some. */
const rules =
  ({ shelfDelaySlots = 0, membersOnly = 0 }) =>
  () =>
    add("MarketParametersSet", [], 100, 6, shelfDelaySlots, membersOnly, 1n, 10n ** 12n, other);
/** A price cap and an allowance, of no reason. */
const emergency = (priceCap: bigint, normalWh: bigint) => () =>
  add("EmergencyDeclared", [], priceCap, normalWh, 0n, time + 3_600, 160, 0);
/** A claim for nobody and nothing. */
const claim = (grams: bigint) => () => add("CarbonSpent", [0n, buyer], grams, 96, 128, 0, 0);

/** A reading of slot 1009, then one of 1001, which has the same place in the ring. */
function ringOvertaken(): void {
  time += 9 * SLOT;
  for (const slot of [NOW + 9, NOW + 1]) add("EnergyAttested", [meter, seller, slot], 1n, 4_000n);
}

const cases: [rule: string, act: () => void, told: RegExp | null][] = [
  ["a direct trade as it should be", () => trade(), null],
  ["a clearing as it should be", all(sold(), cleared(500n, 1)), null],
  ["a clearing while the shelf is closed", all(rules({ shelfDelaySlots: 1 }), sold(), cleared(500n, 1)), null],
  ["shelf not open", all(rules({ shelfDelaySlots: 1 }), sold()), /shelf of slot 1000 was not open/],
  ["an older lot while the newest waits", all(rules({ shelfDelaySlots: 1 }), later, read(seller, 100n), sold()), null],
  [
    "the newest lot while it waits",
    all(rules({ shelfDelaySlots: 1 }), later, read(seller, 500n), sold({ slot: NOW + 1 })),
    /shelf of slot 1001 was not open/,
  ],
  ["no live lot", all(later, later, later, later, later, later, sold()), /no live lot of slot 1000/],
  ["no member", all(rules({ membersOnly: 1 }), sold()), /is no member/],
  ["a member", all(rules({ membersOnly: 1 }), () => add("TierSet", [buyer], 1), sold()), null],
  ["a slot that is not over, cleared", cleared(0n, 0, 4_000n, NOW + 1), /slot 1001 could not be cleared/],
  ["a slot too long ago, cleared", cleared(0n, 0, 4_000n, NOW - 6), /slot 994 could not be cleared/],
  ["a bid of a later slot", all(bid(5_000n), sold(), cleared(500n, 1)), /bid is of slot 1001/],
  ["a bid that was withdrawn", all(bid(0n), sold(), cleared(500n, 1)), /had no bid/],
  ["a clearing price above the cap", all(emergency(3_999n, 500n), cleared(0n, 0)), /price is above the cap 3999/],
  ["a clearing at no price", cleared(0n, 0, 0n), /cleared at no price/],
  ["a trade of another price", all(sold(), cleared(500n, 1, 4_001n)), /is not of this clearing/],
  ["a trade of another slot", all(sold(), cleared(500n, 1, 4_000n, NOW - 1)), /is not of this clearing/],
  ["a claim above the wallet", claim(1n), /had 0 g and retired 1/],
  ["more withdrawn than there is", () => add("Withdrawn", [buyer, other], 10_000_001n), /had 10000000 and withdrew/],
  ["an ask above the bounds", () => add("AskSet", [seller], NOW + 1, 10n ** 12n + 1n), /price 1000000000001 is not 1/],
  ["a bid above the bounds", bid(10n ** 12n + 1n), /price 1000000000001 is not 1 to/],
  ["a ring that holds a newer lot", ringOvertaken, /the ring holds slot 1009 already/],
  ["an end of no emergency", () => add("EmergencyEnded", []), /no emergency to end/],
  ["attested twice", () => add("EnergyAttested", [meter, seller, NOW], 1n, 4_000n), /attested before/],
  ["before the registration", () => add("EnergyAttested", [meter, seller, NOW - 1], 1n, 0n), /before the registration/],
  ["slot not over", () => add("EnergyAttested", [meter, seller, NOW + 1], 1n, 4_000n), /has not ended/],
  ["above capacity", all(later, read(seller, 1_001n)), /capacity allows 1000/],
  ["unknown meter", () => add("EnergyAttested", [other, seller, NOW], 1n, 4_000n), /never registered/],
  ["retired meter", all(() => add("HouseRetired", [meter]), later, read(seller, 1n)), /is retired/],
  ["another's meter", all(later, read(other, 1n, 0n)), /belongs to/],
  ["another ask than the standing one", all(later, read(seller, 1n, 3n)), /ask is 4000, not 3/],
  ["an ask that rises", () => add("LotAskSet", [seller, NOW], 4_001n), /ask went from/],
  ["wrong fee", () => trade({ fee: 1n }), /fee is 1, not 20/],
  ["wrong carbon", () => trade({ grams: 1n }), /carbon is 1 g, not 0/],
  ["more than attested", () => trade({ energyWh: 801n }), /sold 801 Wh of a lot of 800/],
  ["another price than the ask", () => trade({ price: 4_001n }), /ask is 4000, the price 4001/],
  ["more money than there is", all(() => add("Withdrawn", [buyer, other], 9_999_999n), sold()), /had 1 and paid/],
  ["no lot", () => trade({ slot: NOW - 2 }), /no lot of slot 998/],
  ["a clearing above the bid", all(sold({ price: 4_990n }), cleared(500n, 1, 4_990n)), /bid 5000 and paid 5040/],
  ["a clearing below the ask", all(sold({ price: 3_999n }), cleared(500n, 1, 3_999n)), /asked 4000 and got 3999/],
  [
    "a clearing of more than the bid",
    all(sold({ energyWh: 601n }), cleared(601n, 1)),
    /bought 601 Wh of a bid for 600/,
  ],
  ["a clearing with another sum", all(sold(), cleared(501n, 1)), /claims 501 Wh/],
  ["a clearing with trades that are not there", all(sold(), cleared(500n, 2)), /claims 2 trades/],
  ["two prices of a slot", all(cleared(0n, 0), cleared(0n, 0, 4_001n)), /two prices/],
  ["slots out of order", all(cleared(0n, 0), cleared(0n, 0, 4_000n, NOW - 1)), /cleared after slot 1000/],
  ["fees that were not there", () => add("FeesCollected", [other], 5n), /fees were 0, not 5/],
  ["a deposit of nothing", () => add("Deposited", [buyer], 0n), /deposit of nothing/],
  ["a key registered twice", () => add("HouseRegistered", [meter, seller], 1, NOW + 1), /registered before/],
];

test.each(cases)("%s", (_, act, told) => {
  act();
  if (told === null) expect(done()).toEqual([]);
  else expect(done().join("\n")).toMatch(told);
});

test("an emergency: its cap and its allowances", () => {
  emergency(3_999n, 100n)();
  add("TierSet", [buyer], 1);
  trade({ energyWh: 101n });
  expect(done().join("\n")).toMatch(/above the cap 3999[\s\S]*took 101 Wh of an allowance of 100/);
});

// The audit's arithmetic over rows that somebody altered.
import { factFieldsToJson, foldFact, paymentOf } from "@gridx/contracts";
import { type Hex, keccak256, toHex, zeroHash } from "viem";
import { describe, expect, it } from "vitest";
import { type LedgerPage, recompute } from "../src/api/audit/recompute.ts";
import {
  placeOf,
  type StoredBid,
  type StoredClearing,
  type StoredEmergency,
  type StoredFact,
  type StoredTrade,
} from "../src/api/audit/rows.ts";

const START = keccak256("0x00");
const SELLER = "0x1000000000000000000000000000000000000001";
const BUYER = "0x2000000000000000000000000000000000000002";

const trade = { seller: SELLER, buyer: BUYER, slot: 7, energyWh: 1001n, pricePerKwh: 12_345n } as const;
const bought = ["EnergyTradeLogged", { ...trade, feePaid: 123n, carbonGrams: 712n }] as const;
const deposited = ["Deposited", { account: BUYER, amount: 2n ** 96n - 1n }] as const;
const spent = ["CarbonSpent", { account: BUYER, grams: 5n, beneficiary: "Ünï", reason: { bytes: "0xff00" } }] as const;
const cleared = (trades: number) =>
  ["SlotCleared", { slot: 7, pricePerKwh: 12_345n, energyWh: 1001n * BigInt(trades), trades }] as const;
const bid = (pricePerKwh: bigint) =>
  ["BidSet", { buyer: BUYER, fromSlot: 6, pricePerKwh, maxWhPerSlot: 2n ** 64n - 1n }] as const;
const declared = (reason: string | { bytes: Hex }, endsAt: number) =>
  [
    "EmergencyDeclared",
    { priceCap: 5n, normalWhPerSlot: 6n, essentialWhPerSlot: 7n, endsAt: 1_750_000_000 + endsAt, reason },
  ] as const;

/** Fact, transaction, whether its row is marked as cleared. */
const HISTORY = [
  [deposited, 0],
  [bought, 1],
  [spent, 2],
  [deposited, 3],
  [bought, 3],
  [bid(5n), 4],
  [bought, 5],
  [bought, 5, true],
  [bought, 5, true],
  [cleared(2), 5],
  [cleared(0), 5],
  [bid(4n), 6],
  [declared("", 8), 7],
  [bought, 8],
  // Replaces one that has run out, and then one that is in force.
  [declared({ bytes: "0xff00" }, 99), 9],
  [declared("Sturm", 99), 10],
  [["EmergencyEnded", {}], 11],
  [declared("again", 99), 12],
  [bought, 13],
] as const;

/** An honest ledger and its rows. */
function ledger() {
  const facts: StoredFact[] = [];
  const trades: StoredTrade[] = [];
  const clearings: StoredClearing[] = [];
  const bids: StoredBid[] = [];
  const emergencies: StoredEmergency[] = [];
  let head: Hex = START;
  for (const [index, [[kind, args], transaction, isCleared]] of HISTORY.entries()) {
    const timestamp = 1_750_000_000n + BigInt(transaction);
    const at = { blockNumber: 10 + transaction, blockTimestamp: timestamp, logIndex: index };
    head = foldFact(head, { eventName: kind, args, timestamp });
    const fields = factFieldsToJson(kind, args);
    facts.push({ index, kind, fields, head, ...at, transactionHash: toHex(transaction) });
    const ended = { endedBlockNumber: at.blockNumber, endedLogIndex: index, endedTimestamp: timestamp };
    const last = emergencies.at(-1);
    if (kind === "EnergyTradeLogged") {
      const payment = paymentOf(trade.energyWh, trade.pricePerKwh);
      const amounts = { payment, feePaid: 123n, carbonGrams: 712n };
      trades.push({ tradeId: head, ...trade, ...amounts, cleared: isCleared ?? false, fact: index, ...at });
    } else if (kind === "SlotCleared") {
      clearings.push({ ...args, ...at });
    } else if (kind === "BidSet") {
      const { pricePerKwh, maxWhPerSlot, fromSlot } = args;
      const place = { bidBlockNumber: at.blockNumber, bidLogIndex: index, bidTimestamp: timestamp };
      bids[0] = { address: BUYER, bid: pricePerKwh, bidWh: maxWhPerSlot, bidFromSlot: fromSlot, ...place };
    } else if (kind === "EmergencyDeclared") {
      if (last && last.endedTimestamp === null && last.endsAt > timestamp) Object.assign(last, ended);
      const reason = typeof args.reason === "string" ? args.reason : "\uFFFD\uFFFD";
      const open = { endedBlockNumber: null, endedLogIndex: null, endedTimestamp: null };
      emergencies.push({ ...args, index, endsAt: BigInt(args.endsAt), reason, ...at, ...open });
    } else if (kind === "EmergencyEnded" && last) {
      Object.assign(last, ended);
    }
  }
  return { facts, trades, clearings, bids, emergencies, head };
}

async function* paged(l: ReturnType<typeof ledger>): AsyncGenerator<LedgerPage> {
  const rows = {
    trades: new Map(l.trades.map((row) => [row.tradeId, row])),
    clearings: new Map(l.clearings.map((row) => [placeOf(row), row])),
    bids: new Map(l.bids.map((row) => [row.address, row])),
    emergencies: new Map(l.emergencies.map((row) => [row.index, row])),
  };
  for (let from = 0; from < l.facts.length; from += 4) yield { facts: l.facts.slice(from, from + 4), rows };
}

type Ledger = ReturnType<typeof ledger>;

function at<T>(list: T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`nothing at ${index}`);
  return item;
}

describe("an honest ledger", () => {
  it("makes the chain's head, by pages", async () => {
    const honest = ledger();
    expect(await recompute(START, paged(honest))).toEqual({
      head: honest.head,
      facts: HISTORY.length,
      rows: { trades: 7, clearings: 2, bids: 1, emergencies: 4, emergencyEnds: 2 },
      firstMismatch: null,
    });
  });
});

describe("an altered ledger is found, and where", () => {
  const fields = (index: number, change: Record<string, unknown>) => (l: Ledger) => {
    const fact = at(l.facts, index);
    fact.fields = { ...(fact.fields as object), ...change };
  };
  const row =
    <K extends "trades" | "clearings" | "bids" | "emergencies">(
      table: K,
      index: number,
      change: Partial<Ledger[K][number]>,
    ) =>
    (l: Ledger) => {
      Object.assign(at<object>(l[table], index), change);
    };
  const trade = (index: number, change: Partial<StoredTrade>) => row("trades", index, change);
  const alterations: [string, number, (l: Ledger) => unknown][] = [
    ["an amount", 3, fields(3, { amount: "1" })],
    ["a number that is none", 3, fields(3, { amount: "one" })],
    ["a field too few", 3, fields(3, { amount: undefined })],
    ["a party of a trade", 1, fields(1, { buyer: SELLER })],
    ["a text", 2, fields(2, { beneficiary: "Uni" })],
    ["bytes of a text", 2, fields(2, { reason: { bytes: "0xff" } })],
    ["a text that is none", 2, fields(2, { reason: 5 })],
    [
      "a time",
      6,
      (l) => {
        at(l.facts, 6).blockTimestamp += 1n;
      },
    ],
    [
      "a kind",
      6,
      (l) => {
        at(l.facts, 6).kind = "Paused";
      },
    ],
    [
      "a stored head, though it is not used",
      6,
      (l) => {
        at(l.facts, 6).head = keccak256(toHex("x"));
      },
    ],
    ["a fact dropped", 4, (l) => l.facts.splice(4, 1)],
    [
      "a fact dropped and the rest renumbered",
      4,
      (l) => {
        l.facts.splice(4, 1);
        l.facts.forEach((fact, index) => {
          fact.index = index;
        });
      },
    ],
    ["a fact doubled", 5, (l) => l.facts.splice(5, 0, { ...at(l.facts, 4), index: 5 })],
    [
      "two facts swapped",
      3,
      (l) => {
        const [a, b] = [at(l.facts, 3), at(l.facts, 4)];
        l.facts[3] = { ...b, index: 3 };
        l.facts[4] = { ...a, index: 4 };
      },
    ],
    ["the energy of a trade's row", 4, trade(1, { energyWh: 1000n })],
    ["the price of a trade's row", 4, trade(1, { pricePerKwh: 12_344n })],
    ["the payment of a trade's row", 4, trade(1, { payment: 1n })],
    ["the fee of a trade's row", 4, trade(1, { feePaid: 0n })],
    ["the carbon of a trade's row", 4, trade(1, { carbonGrams: 713n })],
    ["the seller of a trade's row", 4, trade(1, { seller: BUYER })],
    ["the slot of a trade's row", 4, trade(1, { slot: 1 })],
    ["the time of a trade's row", 4, trade(1, { blockTimestamp: 1n })],
    ["the block of a trade's row", 4, trade(1, { blockNumber: 1 })],
    ["the id of a trade's row", 4, trade(1, { tradeId: zeroHash })],
    ["a trade's row dropped", 4, (l) => l.trades.splice(1, 1)],
    ["the place of a trade's row", 4, trade(1, { logIndex: 0 })],
    ["the fact of a trade's row", 4, trade(1, { fact: 0 })],
    ["a bought trade marked as cleared", 4, trade(1, { cleared: true })],
    ["a bought trade before cleared ones marked as cleared", 6, trade(2, { cleared: true })],
    ["a cleared trade marked as bought", 7, trade(3, { cleared: false })],
    ["the newest trade marked as cleared", 18, trade(6, { cleared: true })],
    ["the price of a clearing's row", 9, row("clearings", 0, { pricePerKwh: 1n })],
    ["the slot of a clearing's row", 9, row("clearings", 0, { slot: 8 })],
    ["the energy of a clearing's row", 10, row("clearings", 1, { energyWh: 1n })],
    ["the trades of a clearing's row", 9, row("clearings", 0, { trades: 1 })],
    ["the time of a clearing's row", 9, row("clearings", 0, { blockTimestamp: 1n })],
    ["a clearing's row dropped", 10, (l) => l.clearings.splice(1, 1)],
    ["a bid's price", 11, row("bids", 0, { bid: 5n })],
    ["a bid's amount", 11, row("bids", 0, { bidWh: 1n })],
    ["a bid's slot", 11, row("bids", 0, { bidFromSlot: 7 })],
    ["a bid's time", 11, row("bids", 0, { bidTimestamp: 1n })],
    [
      "a bid that was replaced",
      11,
      row("bids", 0, { bid: 5n, bidBlockNumber: 14, bidLogIndex: 5, bidTimestamp: 1_750_000_004n }),
    ],
    ["a bid dropped", 5, (l) => l.bids.splice(0, 1)],
    ["an emergency's cap", 12, row("emergencies", 0, { priceCap: 1n })],
    ["an emergency's allowance", 12, row("emergencies", 0, { essentialWhPerSlot: 1n })],
    ["an emergency's end", 12, row("emergencies", 0, { endsAt: 1n })],
    ["an emergency's reason", 14, row("emergencies", 1, { reason: "x" })],
    ["an emergency that was replaced and goes on", 15, row("emergencies", 1, { endedBlockNumber: null })],
    ["an emergency that was ended and goes on", 16, row("emergencies", 2, { endedBlockNumber: null })],
    ["when an emergency ended", 16, row("emergencies", 2, { endedTimestamp: 1n })],
    ["an emergency dropped", 15, (l) => l.emergencies.splice(2, 1)],
  ];

  it.each(alterations)("%s", async (_what, index, alter) => {
    const altered = ledger();
    const kind = altered.facts[index]?.kind;
    alter(altered);
    const { firstMismatch } = await recompute(START, paged(altered));
    expect(firstMismatch).toMatchObject({ index });
    expect(firstMismatch?.claimed).not.toBe(firstMismatch?.computed);
    expect([kind, altered.facts[index]?.kind]).toContain(firstMismatch?.eventName);
  });

  it("a last fact dropped leaves another head", async () => {
    const altered = ledger();
    altered.facts.pop();
    const { head, firstMismatch } = await recompute(START, paged(altered));
    expect(firstMismatch).toBeNull();
    expect(head).not.toBe(altered.head);
  });
});

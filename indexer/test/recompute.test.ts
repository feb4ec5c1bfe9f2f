// The audit's arithmetic over rows that somebody altered.
import { factFieldsToJson, foldFact, paymentOf } from "@gridx/contracts";
import { type Hex, keccak256, toHex, zeroHash } from "viem";
import { describe, expect, it } from "vitest";
import { type LedgerPage, recompute, type StoredFact, type StoredTrade } from "../src/api/audit/recompute.ts";

const START = keccak256("0x00");
const SELLER = "0x1000000000000000000000000000000000000001";
const BUYER = "0x2000000000000000000000000000000000000002";

/** An honest ledger of deposits, trades and claims. */
function ledger() {
  const facts: StoredFact[] = [];
  const trades: StoredTrade[] = [];
  let head: Hex = START;
  for (let index = 0; index < 12; index++) {
    const timestamp = 1_750_000_000n + BigInt(index);
    const at = { blockNumber: 10 + index, blockTimestamp: timestamp };
    const trade = { seller: SELLER, buyer: BUYER, slot: 7 + index, energyWh: 1001n, pricePerKwh: 12_345n } as const;
    const [kind, args] = (
      [
        ["Deposited", { account: BUYER, amount: 2n ** 96n - 1n }],
        ["EnergyTradeLogged", { ...trade, feePaid: 123n, carbonGrams: 712n }],
        ["CarbonSpent", { account: BUYER, grams: 5n, beneficiary: "Ünï", reason: { bytes: "0xff00" } }],
      ] as const
    )[index % 3] ?? ["", {}];
    head = foldFact(head, { eventName: kind, args, timestamp });
    facts.push({ index, kind, fields: factFieldsToJson(kind, args), head, ...at });
    if (kind !== "EnergyTradeLogged") continue;
    const payment = paymentOf(trade.energyWh, trade.pricePerKwh);
    trades.push({ tradeId: head, ...trade, payment, feePaid: 123n, carbonGrams: 712n, ...at });
  }
  return { facts, trades, head };
}

async function* paged({ facts, trades }: { facts: StoredFact[]; trades: StoredTrade[] }): AsyncGenerator<LedgerPage> {
  for (let from = 0; from < facts.length; from += 5) {
    yield { facts: facts.slice(from, from + 5), trades: new Map(trades.map((trade) => [trade.tradeId, trade])) };
  }
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
      facts: 12,
      trades: 4,
      firstMismatch: null,
    });
  });
});

describe("an altered ledger is found, and where", () => {
  const fields = (index: number, change: Record<string, unknown>) => (l: Ledger) => {
    const fact = at(l.facts, index);
    fact.fields = { ...(fact.fields as object), ...change };
  };
  const trade = (index: number, change: Partial<StoredTrade>) => (l: Ledger) => {
    l.trades[index] = { ...at(l.trades, index), ...change };
  };
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

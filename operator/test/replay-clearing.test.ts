import type { Address } from "viem";
import { describe, expect, test } from "vitest";
import type { ReplayedChain, ReplayedTrade } from "../src/simulate/replay-chain.ts";
import { applyClearing } from "../src/simulate/replay-clearing.ts";
import { lotKey } from "../src/simulate/tally.ts";

const [seller, buyer]: Address[] = [`0x${"1".repeat(40)}`, `0x${"2".repeat(40)}`];

/** One trade of 100 Wh in slot 5 at 200, a bid of 150 Wh at 202 with a fee of 1 %; and what a test changes of it. */
function problems(
  change: { ask?: bigint; limit?: bigint; most?: bigint; from?: number } & Partial<ReplayedTrade>,
  said = 100n,
) {
  const { ask = 150n, limit = 202n, most = 150n, from = 5, ...trade } = change;
  const logs = {
    feeBps: 100n,
    clearingProblems: [] as string[],
    lastClearing: { slot: 4, pricePerKwh: 9n },
    lots: new Map([[lotKey(seller as Address, 5), { ask }]]),
    bids: new Map([[buyer, { pricePerKwh: limit, maxWhPerSlot: most, slot: from, filledWh: 0n }]]),
    trades: [{ seller, buyer, slot: 5, energyWh: 100n, pricePerKwh: 200n, cleared: false, ...trade }],
  } as unknown as ReplayedChain;
  applyClearing(logs, { slot: 5, pricePerKwh: 200n, energyWh: said, trades: 1 });
  return { logs, found: logs.clearingProblems.length };
}

describe("a clearing in the logs", () => {
  test("that keeps all limits marks its trades and fills its bids", () => {
    const { logs, found } = problems({});
    expect(found).toBe(0);
    expect(logs.trades[0]?.cleared).toBe(true);
    expect(logs.bids.get(buyer as Address)).toMatchObject({ slot: 5, filledWh: 100n });
    applyClearing(logs, { slot: 5, pricePerKwh: 200n, energyWh: 0n, trades: 0 });
    expect(logs.clearingProblems).toEqual([]);
    applyClearing(logs, { slot: 5, pricePerKwh: 201n, energyWh: 0n, trades: 0 });
    applyClearing(logs, { slot: 4, pricePerKwh: 201n, energyWh: 0n, trades: 0 });
    expect(logs.clearingProblems).toEqual(["slot 5: two prices", "slot 4: cleared after slot 5"]);
  });

  test.each([
    ["an ask above the price", { ask: 201n }],
    ["a lot that is not for sale", { ask: 0n }],
    ["a bid below the price with the fee", { limit: 201n }],
    ["a bid of a later slot", { from: 6 }],
    ["more than was bid for", { most: 99n }],
    ["own energy", { seller: buyer as Address }],
    ["another price", { pricePerKwh: 199n }],
    ["another slot", { slot: 4 }],
    ["a trade of two clearings", { cleared: true }],
    ["another sum", { energyWh: 99n }],
  ])("is told of: %s", (_, change) => {
    expect(problems(change).found).toBeGreaterThan(0);
  });
});

import type { Address } from "viem";
import { describe, expect, test } from "vitest";
import type { ReplayedChain, ReplayedTrade } from "../src/simulate/replay-chain.ts";
import { applyClearing, useAllowance } from "../src/simulate/replay-clearing.ts";
import { lotKey } from "../src/simulate/tally.ts";

const [seller, buyer]: Address[] = [`0x${"1".repeat(40)}`, `0x${"2".repeat(40)}`];

/** One trade of 100 Wh in slot 5 at 200, a bid of 150 Wh at 202 with a fee of 1 %; and what a test changes of it. */
function problems(
  change: { ask?: bigint; limit?: bigint; most?: bigint; from?: number } & Partial<ReplayedTrade>,
  said = 100n,
  rules: Partial<ReplayedChain> = {},
) {
  const { ask = 150n, limit = 202n, most = 150n, from = 5, ...trade } = change;
  const logs = {
    feeBps: 100n,
    clearingProblems: [] as string[],
    emergency: null,
    tiers: new Map(),
    membersOnly: false,
    used: new Map(),
    now: { time: 1_000, slot: 8 },
    lastClearing: { slot: 4, pricePerKwh: 9n },
    lots: new Map([[lotKey(seller as Address, 5), { ask }]]),
    bids: new Map([[buyer, { pricePerKwh: limit, maxWhPerSlot: most, slot: from, filledWh: 0n }]]),
    trades: [{ seller, buyer, slot: 5, energyWh: 100n, pricePerKwh: 200n, cleared: false, ...trade }],
    ...rules,
  } as unknown as ReplayedChain;
  if (buyer) useAllowance(logs, buyer, 100n);
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

  const storm = { priceCap: 200n, normalWhPerSlot: 99n, essentialWhPerSlot: 100n, endsAt: 1_001 };
  const tier = (value: number): Pick<ReplayedChain, "tiers"> => ({ tiers: new Map([[buyer as Address, value]]) });
  const used = (slot: number) => ({ used: new Map([[buyer as Address, { slot, energyWh: 1n }]]) });
  test.each<[string, Partial<ReplayedChain>, number]>([
    ["a stranger, where only members buy", { membersOnly: true }, 1],
    ["a member", { membersOnly: true, ...tier(1) }, 0],
    ["a stranger in an emergency", { emergency: storm }, 1],
    ["more than the normal allowance", { emergency: storm, ...tier(1) }, 1],
    ["all of the essential allowance", { emergency: storm, ...tier(2) }, 0],
    ["more than what is left of it in the slot", { emergency: storm, ...tier(2), ...used(8) }, 1],
    ["what was used in another slot", { emergency: storm, ...tier(2), ...used(7) }, 0],
    ["a critical load", { emergency: storm, ...tier(3), ...used(8) }, 0],
    ["a price above the cap", { emergency: { ...storm, priceCap: 199n }, ...tier(3) }, 1],
    ["an emergency that is over", { emergency: { ...storm, endsAt: 1_000 } }, 0],
  ])("knows tiers, allowances and the cap: %s", (_, rules, count) => {
    expect(problems({}, 100n, rules).found).toBe(count);
  });
});

// Plans against a real chain: what they check before anything is signed, and that the chain then does what they said.
import { encodeErrorResult, type Hex, type LocalAccount } from "viem";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gridxCallAbi, tokenAbi } from "../../src/chain/abi.ts";
import type { Site } from "../../src/config/loadSite.ts";
import type { Means, Plan } from "../../src/tx/flow.ts";
import type { BasketOrder } from "../../src/tx/orders/basket.ts";
import { basketFigures } from "../../src/tx/orders/basket.ts";
import { bidFigures } from "../../src/tx/orders/bid.ts";
import type { PurchaseOrder } from "../../src/tx/orders/purchase.ts";
import { basketPlan } from "../../src/tx/plans/basket.ts";
import { bidPlan, endBidPlan } from "../../src/tx/plans/bid.ts";
import { retirePlan } from "../../src/tx/plans/carbon.ts";
import { type PlanContext, STEP_BY_STEP } from "../../src/tx/plans/context.ts";
import { declarePlan, endEmergencyPlan } from "../../src/tx/plans/emergency.ts";
import { depositPlan, withdrawPlan } from "../../src/tx/plans/money.ts";
import { permitOf } from "../../src/tx/plans/permit.ts";
import { purchasePlan } from "../../src/tx/plans/purchase.ts";
import { registrationPlan } from "../../src/tx/plans/registration.ts";
import { createFormat } from "../../src/ui/format.ts";
import { startMarket, type TestMarket } from "./support/market.ts";

const FEE_BPS = 100;
let market: TestMarket;
let context: PlanContext;

beforeEach(async () => {
  market = await startMarket();
  const { deployment, client } = market;
  const site = { deployment, chain: client.chain, config: {}, format: createFormat(deployment, "en") };
  context = { site: site as Site, reader: client as unknown as PlanContext["reader"] };
});
afterEach(() => market?.anvil.stop());

/** Does what the page would: prepares, signs, simulates, sends. Says which calls it sent. */
async function carryOut(plan: Plan, account: LocalAccount, means: Means = STEP_BY_STEP): Promise<string[]> {
  const sent: string[] = [];
  let permit: Hex = "0x";
  for (const step of await plan.prepare(account.address, means)) {
    if ("permit" in step) permit = await account.signTypedData(step.permit as never);
    if ("permit" in step || "batch" in step) continue;
    const call = typeof step.call === "function" ? step.call(permit) : step.call;
    await market.client.simulateContract({ ...call, account } as never);
    await market.sendAndWait(account, call.functionName, call.args, call.address);
    sent.push(call.functionName);
  }
  return sent;
}

const read = (functionName: string, args: readonly unknown[] = []) =>
  market.client.readContract({
    ...{ address: market.deployment.address, abi: gridxCallAbi, functionName, args },
  } as never) as Promise<never>;
const balanceOf = async () => (await read("accountOf", [market.buyer.address]))["balance" as never] as bigint;
const setRules = async (changed: Record<string, unknown>) =>
  market.sendAndWait(market.admin, "setMarketParameters", [
    { ...((await read("marketParameters")) as object), ...changed },
  ]);
const order = (energyWh: bigint): PurchaseOrder => ({
  ...{ seller: market.seller.address, slot: market.slot, energyWh, ask: 4_200_000n },
  ...{ feeBps: FEE_BPS, gramsPerMwh: 711_700 },
});
const declare = async (changes: { priceCap?: bigint; hours?: bigint } = {}) => {
  const rules = { priceCap: 4_500_000n, normalWhPerSlot: 500n, essentialWhPerSlot: 900n, hours: 168n, reason: "flood" };
  await carryOut(declarePlan(context, { ...rules, ...changes }), market.admin);
};

describe("a standing bid", () => {
  it("costs one full slot at its limit what it said, sets, changes and ends", async () => {
    const { buyer, seller, admin, exportNext, sendAndWait } = market;
    const bid = { pricePerKwh: 4_712_345n, maxWhPerSlot: 777n };
    const figures = bidFigures(bid, FEE_BPS);
    await carryOut(bidPlan(context, { ...bid, maxWhPerSlot: 1n }, FEE_BPS), buyer);
    await carryOut(bidPlan(context, bid, FEE_BPS), buyer);
    expect(await read("bidOf", [buyer.address])).toMatchObject(bid);
    const slot = await exportNext(2_000n);
    const before = await balanceOf();
    const lines = (participant: string) => [{ participant, energyWh: 2_000n }];
    await sendAndWait(admin, "clearSlot", [
      slot,
      figures.sellerPrice,
      lines(seller.address),
      lines(buyer.address),
      777n,
    ]);
    expect(before - (await balanceOf())).toBe(figures.slotCost);
    // One unit more for the seller would be above the limit.
    expect(bidFigures({ ...bid, pricePerKwh: bid.pricePerKwh + 1n }, FEE_BPS).sellerPrice).toBeGreaterThanOrEqual(
      figures.sellerPrice,
    );
    await carryOut(endBidPlan(context), buyer);
    expect(await read("bidOf", [buyer.address])).toMatchObject({ pricePerKwh: 0n, maxWhPerSlot: 0n });
  });

  it("is refused in words outside the price bounds, and of a stranger where trading is for members", async () => {
    const { buyer, sendAndWait, admin } = market;
    const plan = bidPlan(context, { pricePerKwh: 5_000_000n, maxWhPerSlot: 500n }, FEE_BPS);
    await setRules({ maxPrice: 4_900_000n });
    await expect(plan.prepare(buyer.address, STEP_BY_STEP)).rejects.toThrow("must lie between 0.01 and 4.90 dINR/kWh");
    await setRules({ maxPrice: 9_000_000n, membersOnly: true });
    await expect(plan.prepare(buyer.address, STEP_BY_STEP)).rejects.toThrow("for members");
    await sendAndWait(admin, "setTier", [buyer.address, 1]);
    await expect(plan.prepare(buyer.address, STEP_BY_STEP)).resolves.toHaveLength(1);
  });
});

describe("retiring carbon", () => {
  const inTheNameOf = { beneficiary: "विद्यालय", reason: "$12n of the annual report" };

  it("uses up what it said, in that name, and leads to its certificate", async () => {
    const { buyer, client, deployment } = market;
    await carryOut(purchasePlan(context, order(1_000n)), buyer);
    const plan = retirePlan(context, { grams: 711n, ...inTheNameOf });
    expect(plan.figures.map(({ value }) => value)).toEqual(["0.711 kg CO₂e", ...Object.values(inTheNameOf)]);
    expect(plan.outcome?.("0xab").href).toBe("/carbon/claims/0xab");
    await carryOut(plan, buyer);
    expect(await read("accountOf", [buyer.address])).toMatchObject({ carbonGrams: 0n, carbonEarnedGrams: 711n });
    const [log] = await client.getContractEvents({
      ...{ address: deployment.address, abi: gridxCallAbi, eventName: "CarbonSpent", fromBlock: 0n },
    });
    expect(log?.args).toMatchObject({ account: buyer.address, grams: 711n, ...inTheNameOf });
  });

  it("is refused in words: more than there is, nothing, a text beyond the contract's bytes", async () => {
    const { buyer } = market;
    await carryOut(purchasePlan(context, order(1_000n)), buyer);
    const prepare = (changes: object) =>
      retirePlan(context, { grams: 711n, ...inTheNameOf, ...changes }).prepare(buyer.address, STEP_BY_STEP);
    await expect(prepare({ grams: 712n })).rejects.toThrow("holds 0.711 kg");
    await expect(prepare({ grams: 0n })).rejects.toThrow("more than 0");
    // 43 letters of three bytes are 129; the contract takes 128, and 512 of the reason.
    await expect(prepare({ beneficiary: "क".repeat(43) })).rejects.toThrow("129 bytes of at most 128");
    await expect(prepare({ reason: "a".repeat(513) })).rejects.toThrow("513 bytes of at most 512");
    await carryOut(
      retirePlan(context, { grams: 1n, beneficiary: `${"क".repeat(42)}ab`, reason: "a".repeat(512) }),
      buyer,
    );
  });
});

describe("money that the contract takes from the wallet", () => {
  const PERMIT: Means = { batch: false, permit: true };
  const tokensOf = (owner: string) =>
    market.client.readContract({
      ...{ address: market.deployment.token, abi: tokenAbi, functionName: "balanceOf", args: [owner] },
    } as never) as Promise<bigint>;
  /** Nothing in the account, and the contract may take nothing. */
  const start = async () => {
    await carryOut(withdrawPlan(context, 20_000_000n), market.buyer);
    await market.sendAndWait(market.buyer, "approve", [market.deployment.address, 0n], market.deployment.token);
  };

  it("is deposited by a signature, in one transaction", async () => {
    await start();
    expect(await carryOut(depositPlan(context, 7_000_000n), market.buyer, PERMIT)).toEqual(["depositWithPermit"]);
    expect(await balanceOf()).toBe(7_000_000n);
    // Once more: the nonce has moved on.
    await carryOut(depositPlan(context, 1n), market.buyer, PERMIT);
    expect(await balanceOf()).toBe(7_000_001n);
  });

  it("pays for a purchase by a signature, in one transaction, and no unit more", async () => {
    await start();
    const before = await tokensOf(market.buyer.address);
    expect(await carryOut(purchasePlan(context, order(1_000n)), market.buyer, PERMIT)).toEqual(["multicall"]);
    expect(before - (await tokensOf(market.buyer.address))).toBe(4_242_000n);
    expect(await balanceOf()).toBe(0n);
  });

  it("is approved beside the call where the wallet takes several, and before it where it can do neither", async () => {
    await start();
    const plan = depositPlan(context, 7_000_000n);
    const [step, ...more] = await plan.prepare(market.buyer.address, { batch: true, permit: true });
    expect(more).toEqual([]);
    expect(step && "batch" in step && step.batch.map(({ functionName }) => functionName)).toEqual([
      "approve",
      "deposit",
    ]);
    expect(await carryOut(plan, market.buyer)).toEqual(["approve", "deposit"]);
  });

  it("has no permit where the token hashes another domain, or a contract is the account", async () => {
    const { buyer, client, deployment } = market;
    expect(await permitOf(context, buyer.address, 1n)).not.toBeNull();
    const elsewhere = { ...context.site, deployment: { ...deployment, chainId: 137 } };
    expect(await permitOf({ ...context, site: elsewhere }, buyer.address, 1n)).toBeNull();
    await client.setCode({ address: buyer.address, bytecode: "0x00" });
    expect(await permitOf(context, buyer.address, 1n)).toBeNull();
  });

  it("comes back while trading is paused, and nothing is permitted for a purchase", async () => {
    const { buyer, admin, sendAndWait } = market;
    await sendAndWait(admin, "pause", []);
    const basket = { lines: [order(1n)], allOrNothing: false, feeBps: FEE_BPS, gramsPerMwh: 711_700 };
    for (const plan of [purchasePlan(context, order(1n)), basketPlan(context, basket)]) {
      await expect(plan.prepare(buyer.address, PERMIT)).rejects.toThrow("Trading is paused by the operator");
    }
    expect(await carryOut(withdrawPlan(context, 20_000_000n), buyer)).toEqual(["withdraw"]);
    expect(await balanceOf()).toBe(0n);
  });
});

describe("a basket", () => {
  const basket = async (allOrNothing = false): Promise<BasketOrder> => {
    const { seller, slot, exportNext } = market;
    const second = await exportNext(1_500n);
    const line = { seller: seller.address, ask: 4_200_000n };
    return {
      lines: [
        { ...line, slot, energyWh: 2_999n },
        { ...line, slot: second, energyWh: 1_500n },
      ],
      ...{ allOrNothing, feeBps: FEE_BPS, gramsPerMwh: 711_700 },
    };
  };
  /** Somebody is faster. */
  const takeFirst = async (energyWh: bigint, { lines: [line] }: BasketOrder) => {
    const { admin, deployment, sendAndWait } = market;
    await sendAndWait(admin, "mint", [admin.address, 100_000_000n], deployment.token);
    await sendAndWait(admin, "approve", [deployment.address, 100_000_000n], deployment.token);
    const { seller, slot } = line ?? { seller: "0x", slot: 0 };
    await sendAndWait(admin, "buyEnergy", [[{ seller, slot, energyWh, pricePerKwh: 5_000_000n }], energyWh]);
  };

  it("buys from several lots in one transaction what it said, to the unit", async () => {
    const given = await basket(true);
    const figures = basketFigures(given);
    expect(figures).toMatchObject({ energyWh: 4_499n, worstPerKwh: 4_242_000n, sellers: 1 });
    const before = await balanceOf();
    expect(await carryOut(basketPlan(context, given), market.buyer)).toEqual(["buyEnergy"]);
    expect(before - (await balanceOf())).toBe(figures.total);
    expect(await read("accountOf", [market.buyer.address])).toMatchObject({ carbonEarnedGrams: figures.carbonGrams });
  });

  it("takes what is left when somebody was faster, and nothing where all was asked for", async () => {
    const given = await basket();
    await takeFirst(2_900n, given);
    const all = basketPlan(context, { ...given, allOrNothing: true });
    await expect(all.prepare(market.buyer.address, STEP_BY_STEP)).rejects.toThrow(
      "Only 1.600 kWh of 4.499 kWh are left",
    );
    await carryOut(basketPlan(context, given), market.buyer);
    expect(await read("accountOf", [market.buyer.address])).toMatchObject({ carbonEarnedGrams: 71n + 1_067n });
    await expect(basketPlan(context, given).prepare(market.buyer.address, STEP_BY_STEP)).rejects.toThrow(
      "None of this is left",
    );
  });
});

describe("in an emergency", () => {
  it("a purchase is limited by the allowance of its slot, and free again after the end", async () => {
    const { buyer, admin, sendAndWait } = market;
    await declare();
    await expect(purchasePlan(context, order(100n)).prepare(buyer.address, STEP_BY_STEP)).rejects.toThrow(
      "without a tier",
    );
    await sendAndWait(admin, "setTier", [buyer.address, 1]);
    await expect(purchasePlan(context, order(501n)).prepare(buyer.address, STEP_BY_STEP)).rejects.toThrow(
      "you can buy 0.500 kWh more in this slot of time, and asked for 0.501 kWh.",
    );
    await carryOut(purchasePlan(context, order(300n)), buyer);
    await expect(purchasePlan(context, order(201n)).prepare(buyer.address, STEP_BY_STEP)).rejects.toThrow(
      "0.200 kWh more",
    );
    await carryOut(endEmergencyPlan(context), admin);
    await carryOut(purchasePlan(context, order(1_000n)), buyer);
    const again = endEmergencyPlan(context).prepare(admin.address, STEP_BY_STEP);
    await expect(again).resolves.toHaveLength(1);
  });

  it("nothing is sold above the cap, and one that has run out binds nobody", async () => {
    const { buyer, admin, sendAndWait, client } = market;
    await sendAndWait(admin, "setTier", [buyer.address, 3]);
    await declare({ priceCap: 4_199_999n, hours: 1n });
    await expect(purchasePlan(context, order(100n)).prepare(buyer.address, STEP_BY_STEP)).rejects.toThrow(
      "nothing is sold above 4.199999 dINR/kWh, and this is 4.20 dINR/kWh",
    );
    await client.increaseTime({ seconds: 3_700 });
    await client.mine({ blocks: 1 });
    await carryOut(purchasePlan(context, order(100n)), buyer);
  });
});

describe("the shelf after the clearing", () => {
  it("says when it opens", async () => {
    const { buyer, exportNext } = market;
    await setRules({ shelfDelaySlots: 2 });
    const plan = purchasePlan(context, order(100n));
    for (const _ of [1, 2]) {
      await expect(plan.prepare(buyer.address, STEP_BY_STEP)).rejects.toThrow(/^Direct purchase of this lot opens at /);
      await exportNext(1n);
    }
    await carryOut(plan, buyer);
  });
});

describe("the chain's own refusal", () => {
  it("carries arguments that the words can say", () => {
    // Encoded by the ABI in use: a changed argument breaks this.
    const errors = [
      ["PriceAboveCap", [5n, 4n]],
      ["AllowanceExceeded", [market.buyer.address, 2n, 1n]],
      ["SlotNotClearable", [1, 2]],
      ["SlotAlreadyPassed", [1, 2]],
      ["ClearingPriceFixed", [1, 2n, 3n]],
      ["ClearingBelowMinimum", [1n, 2n]],
    ] as const;
    for (const [errorName, args] of errors) {
      expect(encodeErrorResult({ abi: gridxCallAbi, errorName, args } as never)).toMatch(/^0x/);
    }
  });
});

describe("the registration of a house", () => {
  it("brings house and tier onto the chain, goes on where it was interrupted, and refuses a key that was used", async () => {
    const { admin, seller, buyer } = market;
    const meter = "0x00000000000000000000000000000000000000aa" as const;
    const house = { meter, owner: buyer.address, capacityWatts: 4_500, tier: "essential" as const };
    const plan = registrationPlan(context, house);
    const calls = async () =>
      (await plan.prepare(admin.address, STEP_BY_STEP)).map((step) => {
        if (!("call" in step) || typeof step.call === "function") throw new Error(`${step.label} is no plain call`);
        return step.call;
      });
    // The first of its two transactions, and then the page was left.
    const [first, second] = await calls();
    expect([first?.functionName, second?.functionName]).toEqual(["registerHouse", "setTier"]);
    await market.sendAndWait(admin, "registerHouse", first?.args ?? []);
    expect((await calls()).map(({ functionName }) => functionName)).toEqual(["setTier"]);
    await carryOut(plan, admin);
    expect(await read("houseOf", [meter])).toMatchObject({ owner: buyer.address, capacityWatts: 4_500 });
    expect(await read("participantOf", [buyer.address])).toMatchObject({ tier: 2 });
    await expect(plan.prepare(admin.address, STEP_BY_STEP)).rejects.toThrow("There is nothing to do");
    const again = registrationPlan(context, { ...house, owner: seller.address });
    await expect(again.prepare(admin.address, STEP_BY_STEP)).rejects.toThrow(/has been registered before/);
    await market.sendAndWait(admin, "retireHouse", [meter]);
    await expect(plan.prepare(admin.address, STEP_BY_STEP)).rejects.toThrow(/has been registered before/);
  });
});

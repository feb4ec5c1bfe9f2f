// Plans against a real chain: what they check before anything is signed, and that the chain then does what they said.
import { encodeErrorResult, type LocalAccount } from "viem";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gridxCallAbi } from "../../src/chain/abi.ts";
import type { Site } from "../../src/config/loadSite.ts";
import type { Plan } from "../../src/tx/flow.ts";
import { bidFigures } from "../../src/tx/orders/bid.ts";
import type { PurchaseOrder } from "../../src/tx/orders/purchase.ts";
import { bidPlan, endBidPlan } from "../../src/tx/plans/bid.ts";
import { retirePlan } from "../../src/tx/plans/carbon.ts";
import type { PlanContext } from "../../src/tx/plans/context.ts";
import { declarePlan, endEmergencyPlan } from "../../src/tx/plans/emergency.ts";
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

/** Does what the page would: prepares, simulates, sends. */
async function carryOut(plan: Plan, account: LocalAccount) {
  for (const { call } of await plan.prepare(account.address)) {
    await market.client.simulateContract({ ...call, account } as never);
    await market.sendAndWait(account, call.functionName, call.args, call.address);
  }
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
    await expect(plan.prepare(buyer.address)).rejects.toThrow("must lie between 0.01 and 4.90 dINR/kWh");
    await setRules({ maxPrice: 9_000_000n, membersOnly: true });
    await expect(plan.prepare(buyer.address)).rejects.toThrow("for members");
    await sendAndWait(admin, "setTier", [buyer.address, 1]);
    await expect(plan.prepare(buyer.address)).resolves.toHaveLength(1);
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
      retirePlan(context, { grams: 711n, ...inTheNameOf, ...changes }).prepare(buyer.address);
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

describe("in an emergency", () => {
  it("a purchase is limited by the allowance of its slot, and free again after the end", async () => {
    const { buyer, admin, sendAndWait } = market;
    await declare();
    await expect(purchasePlan(context, order(100n)).prepare(buyer.address)).rejects.toThrow("without a tier");
    await sendAndWait(admin, "setTier", [buyer.address, 1]);
    await expect(purchasePlan(context, order(501n)).prepare(buyer.address)).rejects.toThrow(
      "you can buy 0.500 kWh more in this slot of time, and asked for 0.501 kWh.",
    );
    await carryOut(purchasePlan(context, order(300n)), buyer);
    await expect(purchasePlan(context, order(201n)).prepare(buyer.address)).rejects.toThrow("0.200 kWh more");
    await carryOut(endEmergencyPlan(context), admin);
    await carryOut(purchasePlan(context, order(1_000n)), buyer);
    const again = endEmergencyPlan(context).prepare(admin.address);
    await expect(again).resolves.toHaveLength(1);
  });

  it("nothing is sold above the cap, and one that has run out binds nobody", async () => {
    const { buyer, admin, sendAndWait, client } = market;
    await sendAndWait(admin, "setTier", [buyer.address, 3]);
    await declare({ priceCap: 4_199_999n, hours: 1n });
    await expect(purchasePlan(context, order(100n)).prepare(buyer.address)).rejects.toThrow(
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
      await expect(plan.prepare(buyer.address)).rejects.toThrow(/^Direct purchase of this lot opens at /);
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
    // The first of its two transactions, and then the page was left.
    const [first, second] = await plan.prepare(admin.address);
    expect([first?.call.functionName, second?.call.functionName]).toEqual(["registerHouse", "setTier"]);
    await market.sendAndWait(admin, "registerHouse", first?.call.args ?? []);
    expect((await plan.prepare(admin.address)).map(({ call }) => call.functionName)).toEqual(["setTier"]);
    await carryOut(plan, admin);
    expect(await read("houseOf", [meter])).toMatchObject({ owner: buyer.address, capacityWatts: 4_500 });
    expect(await read("participantOf", [buyer.address])).toMatchObject({ tier: 2 });
    await expect(plan.prepare(admin.address)).rejects.toThrow("There is nothing to do");
    const again = registrationPlan(context, { ...house, owner: seller.address });
    await expect(again.prepare(admin.address)).rejects.toThrow(/has been registered before/);
    await market.sendAndWait(admin, "retireHouse", [meter]);
    await expect(plan.prepare(admin.address)).rejects.toThrow(/has been registered before/);
  });
});

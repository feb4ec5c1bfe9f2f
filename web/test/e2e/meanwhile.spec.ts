// What can happen between looking at a lot and owning it: somebody is faster, trading is paused, the wallet's owner
// thinks again. One wallet and one page for all.
import { expect, type Locator, type Page, test } from "@playwright/test";
import type { Hex } from "viem";
import { z } from "zod";
import { thousandths } from "./support/calculation.ts";
import { fillAccount, neighbourOf } from "./support/neighbour.ts";
import { operatorOf } from "./support/operators.ts";
import { connect, figure, finish, openMarket, orderFromShelf, TICK } from "./support/page.ts";
import { onlyTradeOf } from "./support/trade.ts";
import { type InjectedWallet, installWallet } from "./support/wallet.ts";
import { theWorld, type World } from "./support/world.ts";

const TOKENS = 100_000_000n;
/** Less than a purchase costs, so that a wallet would have to be asked for the rest. */
const DEPOSIT = 100_001n;

const integer = z.string().transform(BigInt);
const lotsSchema = z.object({
  items: z.array(
    z.object({
      ...{ seller: z.string().transform((text) => text as Hex), slot: z.number() },
      ...{ attestedWh: integer, soldWh: integer },
    }),
  ),
});

let page: Page;
let world: World;
let wallet: InjectedWallet;
let neighbour: Awaited<ReturnType<typeof neighbourOf>>;
let pauser: Awaited<ReturnType<typeof operatorOf>>;

test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ browser }) => {
  world = theWorld();
  page = await browser.newPage();
  wallet = await installWallet(page, world, TOKENS);
  [neighbour, pauser] = await Promise.all([
    neighbourOf(world),
    operatorOf(world, "PAUSER_ROLE"),
    fillAccount(world, wallet.signer, DEPOSIT),
    openMarket(page, world.pageUrl).then(() => connect(page)),
  ]);
});
test.afterAll(() => page.close());

const own = async () => {
  const { address } = wallet.account;
  return { tokens: await world.tokensOf(address), account: await world.accountOf(address) };
};
const signed = () => wallet.requests.filter((method) => /^(eth_send|eth_sign|wallet_send)/.test(method));
const closeIt = (dialog: Locator) => dialog.getByRole("button", { name: "Close", exact: true }).last().click();
const purchaseOf = (kwh: string) => page.getByRole("dialog", { name: `Buy ${kwh} kWh` });

/** Presses buy, and does something while the page waits for its privacy note to be agreed to. */
async function pressAnd(order: Locator, meanwhile: () => Promise<unknown>): Promise<void> {
  // As one who has not seen it.
  await page.evaluate(() => localStorage.clear());
  await order.getByRole("button", { name: "Buy", exact: true }).click();
  const agree = page.getByRole("button", { name: "I understand, continue" });
  await expect(agree).toBeVisible();
  await meanwhile();
  await agree.click();
}

type Lots = { seller: Hex; slot: number; energyWh: bigint }[];

/** What is on sale, as the indexer has it. */
async function shelf(): Promise<Lots> {
  const { items } = lotsSchema.parse(await world.indexed("lots?limit=200"));
  return items.map(({ seller, slot, attestedWh, soldWh }) => ({ seller, slot, energyWh: attestedWh - soldWh }));
}

/** The lots that this order can be of: by this seller, with so much left. More than one where a seller's lots are alike. */
async function lotsLike(order: Locator): Promise<Lots> {
  const seller = await order.getByTitle(/^0x/).first().getAttribute("title");
  const left = /([\d.]+) kWh left/.exec((await order.textContent()) ?? "")?.[1];
  return (await shelf()).filter((lot) => lot.seller === seller && thousandths(lot.energyWh) === left);
}

/** The neighbour buys all of them, and the indexer knows. */
async function buyUp(lots: Lots): Promise<void> {
  await neighbour.buy(lots);
  const isOneOf = (lot: Lots[number]) => lots.some(({ seller, slot }) => lot.seller === seller && lot.slot === slot);
  await expect.poll(async () => (await shelf()).filter(isOneOf)).toEqual([]);
}

test("a lot that a neighbour buys up is said to be gone, and nothing is signed or taken", async () => {
  // While the amount is being chosen.
  const order = await orderFromShelf(page, "0.100");
  await buyUp(await lotsLike(order));
  await expect(order.getByRole("status")).toContainText(
    "This lot is gone: sold out, expired or taken off sale. You bought and paid nothing. Choose another lot.",
  );
  await expect(order.getByRole("button", { name: "Buy", exact: true })).toHaveCount(0);
  await order.getByRole("button", { name: "Back to the market" }).click();

  // Once it is chosen, and before the wallet is asked.
  const second = await orderFromShelf(page, "0.100");
  const lots = await lotsLike(second);
  await pressAnd(second, () => buyUp(lots));
  await expect(purchaseOf("0.100").getByRole("alert")).toContainText(
    "You bought and paid nothing. Close this and choose another lot.",
  );
  await closeIt(purchaseOf("0.100"));
  expect(signed()).toEqual([]);
  expect(await own()).toEqual({
    tokens: TOKENS,
    account: { balance: DEPOSIT, carbonGrams: 0n, carbonEarnedGrams: 0n },
  });
});

test("while trading is paused nothing can be bought, and money is withdrawn all the same", async () => {
  const note = page.getByText("Trading is paused", { exact: true });
  await expect(note).toHaveCount(0);
  const basket = page.getByRole("form", { name: "Buy cheapest first" });
  const order = await orderFromShelf(page, "0.100");
  try {
    await pressAnd(order, () => pauser("pause", []));
    await expect(purchaseOf("0.100").getByRole("alert")).toContainText(
      "Trading is paused by the operator. Withdrawals still work.",
    );
    await closeIt(purchaseOf("0.100"));
    expect(signed()).toEqual([]);
    await expect(note).toBeVisible();
    await basket.getByRole("textbox", { name: "Energy" }).fill("0.150");
    await expect(basket.getByRole("button", { name: "Paused" })).toBeDisabled();
    await expect((await orderFromShelf(page, "0.100")).getByRole("button", { name: "Paused" })).toBeDisabled();
    await page.keyboard.press("Escape");

    await page.getByRole("textbox", { name: "Amount" }).fill("0.100001");
    await page.getByRole("button", { name: "Withdraw" }).click();
    await finish(page, "Withdraw 0.100001 dINR");
    expect(await own()).toMatchObject({ tokens: TOKENS + DEPOSIT, account: { balance: 0n } });
    await expect(figure(page.getByRole("region", { name: "My account" }), "In my account")).toHaveText(/^0\.00/);
  } finally {
    await pauser("unpause", []);
  }
  // Coming back to the page asks anew.
  await page.getByRole("link", { name: "Trades", exact: true }).click();
  await page.getByRole("link", { name: "Market", exact: true }).click();
  await basket.getByRole("textbox", { name: "Energy" }).fill("0.150");
  await expect(basket.getByRole("button", { name: "Buy this energy" })).toBeEnabled();
  await expect(note).toHaveCount(0);
});

/** Buys what the wallet then keeps waiting, until the page has seen it wait. */
async function buyAndWait(kwh: string): Promise<Locator> {
  wallet.stall();
  const order = await orderFromShelf(page, kwh);
  const seen = page.waitForResponse(async (response) => {
    if (!response.request().postData()?.includes("eth_getTransactionByHash")) return false;
    return z.object({ result: z.unknown() }).parse(await response.json()).result !== null;
  });
  await pressAnd(order, async () => {});
  await expect(purchaseOf(kwh).getByText("Sent; waiting for a block")).toBeVisible();
  await seen;
  return purchaseOf(kwh);
}

test("a purchase that is sped up in the wallet is followed to its end", async () => {
  const dialog = await buyAndWait("0.123");
  const faster = await wallet.thinkAgain("faster");
  await expect(dialog.getByText(TICK)).toBeVisible({ timeout: 30_000 });
  await expect(dialog.getByTitle(faster)).toBeVisible();
  const trade = await onlyTradeOf(world, wallet.account.address);
  expect([trade.transactionHash, trade.energyWh, trade.tradeId]).toEqual([faster, 123n, trade.computedId]);
  await dialog.getByRole("button", { name: "Done" }).click();
});

test("a purchase that is cancelled in the wallet is over, and is said to have changed nothing", async () => {
  const before = await own();
  const dialog = await buyAndWait("0.100");
  await wallet.thinkAgain("cancel");
  await expect(dialog.getByRole("alert")).toContainText(
    "The transaction was cancelled in the wallet. It changed nothing; only the network fee was paid.",
    { timeout: 30_000 },
  );
  await expect(dialog.getByText(TICK)).toHaveCount(0);
  expect(await own()).toEqual(before);
  await closeIt(dialog);
  // Known to its end, it does not come back.
  await page.reload();
  await expect(page.getByRole("heading", { name: "Market" })).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

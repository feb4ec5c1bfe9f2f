// What a wallet, a phone or a service that is away can do to a purchase.
import { expect, test } from "@playwright/test";
import { connect, openMarket, TICK } from "./support/page.ts";
import { installWallet } from "./support/wallet.ts";
import { theWorld } from "./support/world.ts";

const TOKENS = 100_000_000n;

test("on a phone, by the keyboard alone: a basket in one confirmation, from a wallet on another chain", async ({
  page,
}) => {
  const world = theWorld();
  await page.setViewportSize({ width: 390, height: 844 });
  const wallet = await installWallet(page, world, TOKENS);
  wallet.become({ batches: true });
  await openMarket(page, world.pageUrl);
  await page.getByRole("button", { name: "Connect wallet" }).press("Enter");
  await page.getByRole("button", { name: "Test Wallet" }).press("Enter");
  await expect(page.getByRole("button", { name: /^Wallet 0x/ })).toBeVisible();
  await wallet.moveTo(1);
  await expect(page.getByRole("button", { name: /^Switch/ })).toBeVisible();

  const basket = page.getByRole("form", { name: "Buy cheapest first" });
  await basket.getByRole("textbox", { name: "Energy" }).focus();
  await page.keyboard.type("0.150");
  await expect(basket.getByText("Dearest kWh, with fee")).toBeVisible();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "I understand, continue" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Buy 0.150 kWh" });
  await expect(dialog.getByText(TICK)).toBeVisible({ timeout: 60_000 });
  await expect(dialog.getByText(/^Bought: 0\.150 kWh for /)).toBeVisible();
  expect(wallet.requests).toContain("wallet_switchEthereumChain");
  expect(wallet.requests.filter((method) => /^(wallet_sendCalls|eth_send|eth_sign)/.test(method))).toEqual([
    "wallet_sendCalls",
  ]);
  expect((await world.accountOf(wallet.account.address)).carbonEarnedGrams).toBeGreaterThan(100n);
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  expect(wide).toBe(false);
});

test("with the indexer away a transaction is confirmed and says that the lists are late; it comes back", async ({
  page,
}) => {
  const world = theWorld();
  const wallet = await installWallet(page, world, TOKENS);
  await openMarket(page, world.pageUrl);
  await connect(page);
  const indexer = (url: URL) => url.origin === new URL(world.indexerUrl).origin;
  await page.route(indexer, (route) => route.abort());
  await page.getByRole("textbox", { name: "Amount" }).fill("5");
  await page.getByRole("button", { name: "Deposit" }).click();
  const dialog = page.getByRole("dialog", { name: /^Deposit/ });
  await expect(dialog.getByText("In a block; waiting for the indexer")).toBeVisible({ timeout: 30_000 });
  // The money is read from the chain, whoever is away.
  expect((await world.accountOf(wallet.account.address)).balance).toBe(5_000_000n);
  await page.unroute(indexer);
  await expect(dialog.getByText("5.00 dINR are in your account, ready to trade.")).toBeVisible({ timeout: 30_000 });
});

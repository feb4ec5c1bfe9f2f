import { expect, test } from "@playwright/test";
import { buy, connect, openMarket, orderFromShelf, TICK } from "./support/page.ts";
import { installWallet } from "./support/wallet.ts";
import { theWorld } from "./support/world.ts";

const TOKENS = 100_000_000n;

test("a declined signature changes nothing and is no error", async ({ page }) => {
  const world = theWorld();
  const wallet = await installWallet(page, world, TOKENS);
  const { address } = wallet.account;
  const nonce = await world.client.getTransactionCount({ address });
  await openMarket(page, world.pageUrl);
  await connect(page);
  const order = await orderFromShelf(page, "0.123");
  wallet.decline();
  await buy(page, order);

  const dialog = page.getByRole("dialog", { name: "Buy 0.123 kWh" });
  await expect(dialog.getByText("You declined the signature.")).toBeVisible();
  await expect(dialog.getByText("Nothing was sent and nothing has changed.")).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.getByText(TICK)).toHaveCount(0);
  expect(wallet.requests).toContain("eth_signTypedData_v4");
  expect(wallet.requests).not.toContain("eth_sendTransaction");

  // The chain.
  expect(await world.client.getTransactionCount({ address })).toBe(nonce);
  expect(await world.tokensOf(address)).toBe(TOKENS);
  expect(await world.accountOf(address)).toEqual({ balance: 0n, carbonGrams: 0n, carbonEarnedGrams: 0n });
  // The indexer.
  expect(await world.indexed(`energy-trades/user/${address}`)).toEqual({ items: [], nextCursor: null });

  // The page goes on as before.
  await dialog.getByRole("button", { name: "Leave it" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("link", { name: /estimated avoided emissions/i })).toContainText("0.000 kg");
  await page.getByRole("link", { name: "Trades" }).click();
  await page.getByRole("button", { name: "Mine" }).click();
  await expect(page.getByText("You have not traded yet")).toBeVisible();
});

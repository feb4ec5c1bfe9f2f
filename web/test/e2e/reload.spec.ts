// The page is left while a purchase is under way: it is taken up again, not lost and not sent twice.
import { expect, type Page, test } from "@playwright/test";
import { buy, connect, openMarket, orderFromShelf, TICK } from "./support/page.ts";
import { installWallet } from "./support/wallet.ts";
import { theWorld, type World } from "./support/world.ts";

/** From now on the page is told of no receipt, as if no block held its transaction yet. */
async function withholdReceipts(page: Page, { rpcUrl }: World): Promise<void> {
  const isRpc = (url: URL) => url.origin === new URL(rpcUrl).origin;
  await page.route(isRpc, async (route) => {
    const { id, method } = route.request().postDataJSON() as { id: number; method: string };
    if (method !== "eth_getTransactionReceipt") return route.fallback();
    await route.fulfill({ json: { jsonrpc: "2.0", id, result: null } });
  });
}

test("a purchase outlives a reload", async ({ page }) => {
  const world = theWorld();
  const wallet = await installWallet(page, world, 50_000_000n);
  // Two transactions, as a wallet needs that signs no permits.
  wallet.become({ typedData: false });
  await withholdReceipts(page, world);
  await openMarket(page, world.pageUrl);
  await connect(page);
  // From the account, so that it is one transaction.
  await page.getByRole("textbox", { name: "Amount" }).fill("5");
  await page.getByRole("button", { name: "Deposit" }).click();
  const dialog = page.getByRole("dialog", { name: /^Deposit/ });
  await expect(dialog.getByText("Sent; waiting for a block")).toBeVisible();
  await page.unrouteAll();
  await page.reload();

  const again = page.getByRole("dialog", { name: /^Deposit/ });
  await expect(again.getByText("Done: Approve 5.00 dINR.")).toBeVisible({ timeout: 30_000 });
  await again.getByRole("button", { name: "Go on" }).click();
  await expect(again.getByText("ready to trade")).toBeVisible({ timeout: 30_000 });
  await again.getByRole("button", { name: "Done" }).click();
  expect(wallet.requests.filter((method) => method === "eth_sendTransaction")).toHaveLength(2);
  expect((await world.accountOf(wallet.account.address)).balance).toBe(5_000_000n);

  await withholdReceipts(page, world);
  await buy(page, await orderFromShelf(page, "0.100"));
  const bought = page.getByRole("dialog", { name: /^Buy 0.100 kWh/ });
  await expect(bought.getByText("Sent; waiting for a block")).toBeVisible();
  await page.unrouteAll();
  await page.goto(`${world.pageUrl}/carbon`);
  await expect(bought.getByText(TICK)).toBeVisible({ timeout: 30_000 });
  expect(wallet.requests.filter((method) => method === "eth_sendTransaction")).toHaveLength(3);
  await bought.getByRole("button", { name: "Done" }).click();
  // Known to its end, it does not come back.
  await page.reload();
  await expect(page.getByRole("heading", { name: "Carbon", exact: true })).toBeVisible();
  await expect(bought).toHaveCount(0);
});

test("several calls that the wallet carries out as one outlive a reload, by the wallet's own id", async ({ page }) => {
  const world = theWorld();
  const wallet = await installWallet(page, world, 50_000_000n);
  wallet.become({ batches: true, batchesPending: true });
  await openMarket(page, world.pageUrl);
  await connect(page);
  await page.getByRole("textbox", { name: "Amount" }).fill("5");
  await page.getByRole("button", { name: "Deposit" }).click();
  const dialog = page.getByRole("dialog", { name: /^Deposit/ });
  await expect(dialog.getByText("Sent; waiting for a block")).toBeVisible();
  await page.reload();
  await expect(dialog.getByText("Sent; waiting for a block")).toBeVisible();
  wallet.become({ batchesPending: false });
  await expect(dialog.getByText("ready to trade")).toBeVisible({ timeout: 30_000 });
  expect(wallet.requests.filter((method) => /^(wallet_sendCalls|eth_send)/.test(method))).toEqual(["wallet_sendCalls"]);
  expect((await world.accountOf(wallet.account.address)).balance).toBe(5_000_000n);
});

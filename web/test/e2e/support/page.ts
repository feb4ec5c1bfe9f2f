// What a visitor does on the page.
import { expect, type Locator, type Page } from "@playwright/test";
import { WALLET_NAME } from "./wallet.ts";

/** The words that may only be seen after a trade was recomputed. */
export const TICK = "✓ Blockchain Verified";

export async function openMarket(page: Page, pageUrl: string): Promise<void> {
  await page.goto(`${pageUrl}/market`);
  await expect(page.getByRole("heading", { name: "Market" })).toBeVisible();
}

export async function connect(page: Page): Promise<void> {
  await page.getByRole("banner").getByRole("button", { name: "Connect wallet" }).click();
  await page.getByRole("button", { name: WALLET_NAME }).click();
  await expect(page.getByRole("button", { name: /^Wallet 0x/ })).toBeVisible();
}

/** Neighbours buy from a slot as soon as it is reported; hours later its lots lie still, and they live for a day. */
const QUIET = /\b([2-9]|1\d) hr\. ago/;

/** Opens the purchase of the first quiet lot that has enough left, fills in how much, and sees what it costs. */
export async function orderFromShelf(page: Page, kwh: string): Promise<Locator> {
  const dialog = await openOrder(page, kwh);
  await expect(dialog.getByText("You pay")).toBeVisible();
  return dialog;
}

/** The same, where it may be refused. */
export async function openOrder(page: Page, kwh: string): Promise<Locator> {
  const rows = page.getByRole("table", { name: "Live lots, cheapest first" }).getByRole("row");
  const enough = rows.filter({ hasText: QUIET }).filter({ hasText: enoughLeft(kwh), hasNotText: "Yours" });
  await expect(rows.nth(1)).toBeVisible();
  const more = page.getByRole("button", { name: "Show more lots" });
  while ((await enough.count()) === 0 && (await more.isVisible())) await more.click();
  await enough
    .first()
    .getByRole("button", { name: /^Buy from/ })
    .click();
  const dialog = page.getByRole("dialog", { name: /^Buy from/ });
  await dialog.getByRole("textbox", { name: "Energy" }).fill(kwh);
  return dialog;
}

/** Rows whose `n.nnn kWh` is at least as much, up to 9 kWh; `kwh` has the form 0.nnn. */
function enoughLeft(kwh: string): RegExp {
  const tenths = Number(kwh.slice(2, 3)) + 1;
  return new RegExp(`(?:0\\.[${tenths}-9]\\d\\d|[1-9]\\d*\\.\\d{3}) kWh`);
}

export async function buy(page: Page, dialog: Locator): Promise<void> {
  await dialog.getByRole("button", { name: "Buy", exact: true }).click();
  const note = page.getByRole("button", { name: "I understand, continue" });
  await note.click();
}

/** The figure beside a label of a description list. */
export function figure(scope: Locator | Page, label: string | RegExp): Locator {
  return scope.locator("dl > div").filter({ hasText: label }).locator("dd").first();
}

/** Waits until the transaction of that title has succeeded and is shown in the lists, and closes its dialog. */
export async function finish(page: Page, title: string | RegExp): Promise<void> {
  const dialog = page.getByRole("dialog", { name: title });
  await dialog.getByRole("button", { name: "Done" }).click({ timeout: 60_000 });
  await expect(dialog).toHaveCount(0);
}

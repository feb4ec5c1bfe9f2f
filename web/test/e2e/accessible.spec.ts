// Each page in both themes, with and without a wallet: nothing that axe finds against WCAG 2.2 AA.
import { expect, type Page, test } from "@playwright/test";
import { z } from "zod";
import { expectAccessible } from "./support/accessible.ts";
import { connect, orderFromShelf } from "./support/page.ts";
import { installWallet } from "./support/wallet.ts";
import { theWorld } from "./support/world.ts";

const PAGES = [
  "",
  "market",
  "trades?slot=1",
  "trades/0x12",
  "carbon",
  "analytics",
  "audit",
  "house",
  "emergency",
  "nowhere",
];
/** Those that show a wallet what is its own. */
const OWN = ["", "market", "trades", "carbon", "house", "emergency"];

const listSchema = z.object({ items: z.array(z.object({ tradeId: z.string() })) });

/** Until what is read is there and nothing moves any more. */
async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
}

test("axe finds nothing on any page in either theme", async ({ page }) => {
  test.setTimeout(180_000);
  const world = theWorld();
  await page.emulateMedia({ reducedMotion: "reduce" });
  await installWallet(page, world, 100_000_000n);
  await page.goto(`${world.pageUrl}/market`);
  await page.getByRole("button", { name: "Dark", exact: true }).click();
  const { items } = listSchema.parse(await world.indexed("energy-trades?limit=1"));
  for (const path of [...PAGES, `trades/${items[0]?.tradeId}`]) {
    await page.goto(`${world.pageUrl}/${path}`);
    await settled(page);
    await expectAccessible(page, `${path} without a wallet`);
  }
  await page.goto(`${world.pageUrl}/market`);
  await connect(page);
  for (const path of OWN) {
    await page.goto(`${world.pageUrl}/${path}`);
    await expect(page.getByRole("button", { name: /^Wallet 0x/ })).toBeVisible();
    await settled(page);
    await expectAccessible(page, `${path} with a wallet`);
  }
  await page.goto(`${world.pageUrl}/market`);
  await orderFromShelf(page, "0.100");
  await expectAccessible(page, "the purchase of a lot");
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${world.pageUrl}/market`);
  await settled(page);
  await expectAccessible(page, "market on a phone");
});

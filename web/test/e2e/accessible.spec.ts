// Each page in both themes, with and without a wallet: nothing that axe finds against WCAG 2.2 AA.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { z } from "zod";
import { connect, orderFromShelf } from "./support/page.ts";
import { installWallet } from "./support/wallet.ts";
import { theWorld } from "./support/world.ts";

const PAGES = ["", "market", "trades", "trades/0x12", "trades?slot=1", "carbon", "analytics", "audit", "nowhere"];
/** Those that show a wallet what is its own. */
const OWN = ["", "market", "trades", "carbon"];
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const listSchema = z.object({ items: z.array(z.object({ tradeId: z.string() })) });

async function problems(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}

/** Until what is read is there and nothing moves any more. */
async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
}

for (const theme of ["Dark", "Light"]) {
  test(`${theme.toLowerCase()}: axe finds nothing on any page`, async ({ page }) => {
    const world = theWorld();
    await page.emulateMedia({ reducedMotion: "reduce" });
    await installWallet(page, world, 100_000_000n);
    await page.goto(`${world.pageUrl}/market`);
    await page.getByRole("button", { name: theme, exact: true }).click();
    const { items } = listSchema.parse(await world.indexed("energy-trades?limit=1"));
    for (const path of [...PAGES, `trades/${items[0]?.tradeId}`]) {
      await page.goto(`${world.pageUrl}/${path}`);
      await settled(page);
      expect(await problems(page), `${path} without a wallet`).toEqual([]);
    }
    await page.goto(`${world.pageUrl}/market`);
    await connect(page);
    for (const path of OWN) {
      await page.goto(`${world.pageUrl}/${path}`);
      await expect(page.getByRole("button", { name: /^Wallet 0x/ })).toBeVisible();
      await settled(page);
      expect(await problems(page), `${path} with a wallet`).toEqual([]);
    }
    await page.goto(`${world.pageUrl}/market`);
    await orderFromShelf(page, "0.100");
    expect(await problems(page), "the purchase of a lot").toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${world.pageUrl}/market`);
    await settled(page);
    expect(await problems(page), "market on a phone").toEqual([]);
  });
}

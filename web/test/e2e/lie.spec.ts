import { expect, type Page, test } from "@playwright/test";
import { buy, connect, openMarket, orderFromShelf, TICK } from "./support/page.ts";
import { installWallet } from "./support/wallet.ts";
import { theWorld } from "./support/world.ts";

const TOKENS = 100_000_000n;

/** Adds one watt-hour to each trade of the buyer in what the indexer answers to these paths. */
async function falsify(page: Page, buyer: string, paths: RegExp): Promise<void> {
  await page.route(paths, async (route) => {
    const response = await route.fetch();
    const alter = (_: string, value: unknown): unknown => {
      const isTrade = typeof value === "object" && value !== null && "tradeId" in value && "energyWh" in value;
      if (!isTrade || !("buyer" in value) || value.buyer !== buyer) return value;
      return { ...value, energyWh: String(BigInt(String(value.energyWh)) + 1n) };
    };
    const json: unknown = JSON.parse(await response.text(), alter);
    await route.fulfill({ response, json });
  });
}

const LIES = [
  { where: "the transaction", paths: /\/api\/blockchain\/tx\// },
  { where: "the trade list", paths: /\/api\/energy-trades/ },
];

for (const { where, paths } of LIES) {
  test(`no tick when the indexer alters ${where}`, async ({ page }) => {
    const world = theWorld();
    const { account } = await installWallet(page, world, TOKENS);
    await falsify(page, account.address, paths);
    await openMarket(page, world.pageUrl);
    await connect(page);
    await buy(page, await orderFromShelf(page, "0.111"));

    const dialog = page.getByRole("dialog", { name: "Buy 0.111 kWh" });
    const alert = dialog.getByRole("alert");
    await expect(alert).toContainText("Does not match the blockchain", { timeout: 60_000 });
    await expect(alert).toContainText("energyWh");
    await expect(alert).toContainText("111");
    await expect(alert).toContainText("112");
    await expect(page.getByText(TICK)).toHaveCount(0);
    // The money moved all the same: the chain knows the truth.
    expect((await world.accountOf(account.address)).carbonEarnedGrams).toBe((111n * 711_700n) / 1_000_000n);

    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByRole("link", { name: "Trades" }).click();
    await page.getByRole("button", { name: "Mine" }).click();
    if (where === "the trade list") {
      await page.getByRole("button", { name: /^Verify trade/ }).click();
      await expect(page.getByRole("button", { name: /^Mismatch/ })).toBeVisible();
    }
    await expect(page.getByText("✓ Verified")).toHaveCount(0);
    await expect(page.getByText(TICK)).toHaveCount(0);
  });
}

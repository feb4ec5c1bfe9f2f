import { expect, test } from "@playwright/test";
import { clearingPrices, tradesOf, untilServed } from "./support/clearing.ts";
import { connect, figure, finish, openMarket } from "./support/page.ts";
import { installWallet } from "./support/wallet.ts";
import { theWorld } from "./support/world.ts";

const TOKENS = 100_000_000n;
const DEPOSIT = "60";
/** Above all that neighbours ask, fee included. */
const LIMIT = 20_200_000n;
const MOST_WH = 250n;

test("a standing bid is served by the clearing of a slot, and stands on", async ({ page }) => {
  // By night nothing is exported for half a day: two minutes of the fast clock.
  test.setTimeout(360_000);
  const world = theWorld();
  const { account } = await installWallet(page, world, TOKENS);
  await openMarket(page, world.pageUrl);
  await connect(page);
  const quotes = page.getByRole("region", { name: "My standing quotes" });
  await expect(figure(quotes, "I buy at up to")).toHaveText("no bid");

  // What can't be paid is said before anything is signed.
  await quotes.getByRole("textbox", { name: "Bid: the most I pay" }).fill("20.2");
  await quotes.getByRole("textbox", { name: "Most energy a slot" }).fill("0.25");
  await expect(quotes.getByText("The seller receives at most 20.00 of it.")).toBeVisible();
  await expect(quotes.getByText("A full slot costs at most 5.05 dINR.")).toBeVisible();
  const tooLittle = quotes.getByText(/less than one full slot at this limit/);
  await expect(tooLittle).toBeVisible();
  await page.getByRole("textbox", { name: "Amount" }).fill(DEPOSIT);
  await page.getByRole("button", { name: "Deposit" }).click();
  await finish(page, /^Deposit/);
  await expect(tooLittle).toHaveCount(0);

  await quotes.getByRole("button", { name: "Set bid" }).click();
  await page.getByRole("button", { name: "I understand, continue" }).click();
  await finish(page, "Bid 20.20 dINR/kWh");
  await expect(figure(quotes, "I buy at up to")).toHaveText("20.20");
  expect(await world.bidOf(account.address)).toMatchObject({ pricePerKwh: LIMIT, maxWhPerSlot: MOST_WH });

  await untilServed(world, account.address);
  const [trade] = await tradesOf(world, account.address);
  if (!trade) throw new Error("no trade");
  const { slot, energyWh, pricePerKwh } = trade.args;
  expect(energyWh).toBeLessThanOrEqual(MOST_WH);
  expect(await clearingPrices(world, slot)).toEqual([pricePerKwh]);
  // The bid was kept, and its owner's wallet was not touched.
  expect(await world.bidOf(account.address)).toMatchObject({ pricePerKwh: LIMIT, maxWhPerSlot: MOST_WH });
  expect(await world.tokensOf(account.address)).toBe(TOKENS - BigInt(DEPOSIT) * 1_000_000n);
  await expect(figure(quotes, "I buy at up to")).toHaveText("20.20");
  await expect(figure(page.getByRole("region", { name: "Last clearing" }), "One price for all")).toHaveText(
    /^\d+\.\d{4}$/,
  );

  await quotes.getByRole("button", { name: "End bid" }).click();
  await finish(page, "End bid");
  await expect(figure(quotes, "I buy at up to")).toHaveText("no bid");
  expect(await world.bidOf(account.address)).toMatchObject({ pricePerKwh: 0n, maxWhPerSlot: 0n });

  await page.getByRole("link", { name: "Trades" }).click();
  await page.getByRole("button", { name: "Mine" }).click();
  const row = page
    .getByRole("table", { name: /^Trades/ })
    .getByRole("row")
    .nth(1);
  await expect(row.getByText("cleared", { exact: true })).toBeVisible();
  await row.getByRole("button", { name: /^Verify trade/ }).click();
  await expect(row).toContainText("✓ Verified");
});

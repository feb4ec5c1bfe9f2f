import { expect, test } from "@playwright/test";
import { connect, openMarket } from "./support/page.ts";
import { installWallet } from "./support/wallet.ts";
import { theWorld } from "./support/world.ts";

const TOKENS = 100_000_000n;

test("an amount that was deposited leaves its field, and a chain that was started anew ends the page", async ({
  page,
}) => {
  const world = theWorld();
  const { account } = await installWallet(page, world, TOKENS);
  await openMarket(page, world.pageUrl);
  await connect(page);

  const amount = page.getByRole("textbox", { name: "Amount" });
  await amount.fill("1,5");
  await expect(page.getByText(/^Amount: "1,5" can be read in more than one way/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Deposit" })).toBeDisabled();
  await amount.fill("12.5");
  await page.getByRole("button", { name: "Deposit" }).click();
  const dialog = page.getByRole("dialog", { name: /^Deposit/ });
  await dialog.getByRole("button", { name: "Done" }).click({ timeout: 60_000 });
  await expect(amount).toHaveValue("");
  expect((await world.accountOf(account.address)).balance).toBe(12_500_000n);

  const rows = page.getByRole("table", { name: /^Live lots/ });
  await expect(rows).toBeVisible();
  await page.route(/\/api\/market$/, async (route) => {
    const response = await route.fetch();
    const json: unknown = JSON.parse(await response.text(), (name, value: unknown) =>
      name === "runId" ? "next" : value,
    );
    await route.fulfill({ response, json });
  });
  await expect(page.getByRole("heading", { name: "The chain was started anew" })).toBeVisible();
  await expect(rows).toHaveCount(0);
  await page.unrouteAll({ behavior: "wait" });
  await page.getByRole("button", { name: "Reload" }).click();
  await expect(rows).toBeVisible();
});

import { expect, type Page, test } from "@playwright/test";
import { connect, openMarket } from "./support/page.ts";
import { installWallet } from "./support/wallet.ts";
import { theWorld } from "./support/world.ts";

const lang = (page: Page) => page.evaluate(() => document.documentElement.lang);

test("the page speaks Hindi when asked, by keyboard too, and remembers it", async ({ page }) => {
  const { pageUrl } = theWorld();
  const files: string[] = [];
  page.on("request", (request) => files.push(request.url()));
  await openMarket(page, pageUrl);
  expect(await lang(page)).toBe("en");
  await expect(page.getByRole("button", { name: "English" })).toHaveAttribute("aria-pressed", "true");
  const before = files.length;

  const hindi = page.getByRole("button", { name: "हिन्दी" });
  await hindi.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "बाज़ार", exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "वॉलेट जोड़ें" })).toBeVisible();
  await expect(page.getByText("d₹/kWh").first()).toBeVisible();
  await expect(hindi).toBeFocused();
  await expect(hindi).toHaveAttribute("aria-pressed", "true");
  expect(await lang(page)).toBe("hi");
  expect(files.slice(before).some((url) => url.endsWith(".js"))).toBe(true);

  await page.reload();
  await expect(page.getByRole("heading", { name: "बाज़ार", exact: true })).toBeVisible();
  expect(await lang(page)).toBe("hi");
  // A page that is loaded later brings its texts along.
  await page.getByRole("link", { name: "कार्बन", exact: true }).click();
  await expect(page.getByRole("heading", { name: "अग्रणी सूची" })).toBeVisible();
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.getByRole("heading", { name: "Leaderboard" })).toBeVisible();
  expect(await lang(page)).toBe("en");
});

test("a change of language leaves the wallet connected", async ({ page }) => {
  const world = theWorld();
  const { account } = await installWallet(page, world, 5_000_000n);
  await openMarket(page, world.pageUrl);
  await connect(page);
  await page.getByRole("textbox", { name: "Amount" }).fill("5");
  await page.getByRole("button", { name: "हिन्दी" }).click();
  const short = `${account.address.slice(0, 6)}…${account.address.slice(-4)}`;
  await expect(page.getByRole("button", { name: `वॉलेट ${short}` })).toBeVisible();
  // What was typed is still there, and goes on in the new language.
  await page.getByRole("button", { name: "जमा करें", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "5.00 dINR जमा करें" });
  await dialog.getByRole("button", { name: "ठीक है" }).click({ timeout: 60_000 });
  expect((await world.accountOf(account.address)).balance).toBe(5_000_000n);
});

test.describe("a browser in Hindi", () => {
  test.use({ locale: "hi-IN" });
  test("is spoken to in Hindi from the start", async ({ page }) => {
    await page.goto(`${theWorld().pageUrl}/trades`);
    await expect(page.getByRole("heading", { name: "सौदे", exact: true })).toBeVisible();
    expect(await lang(page)).toBe("hi");
  });
});

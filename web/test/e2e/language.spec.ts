import { expect, type Page, test } from "@playwright/test";
import { openMarket } from "./support/page.ts";
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

test.describe("a browser in Hindi", () => {
  test.use({ locale: "hi-IN" });
  test("is spoken to in Hindi from the start", async ({ page }) => {
    await page.goto(`${theWorld().pageUrl}/trades`);
    await expect(page.getByRole("heading", { name: "सौदे", exact: true })).toBeVisible();
    expect(await lang(page)).toBe("hi");
  });
});

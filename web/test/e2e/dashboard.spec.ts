import { expect, type Page, test } from "@playwright/test";
import { z } from "zod";
import { costOf, thousandths } from "./support/calculation.ts";
import { buy, connect, figure, finish, openMarket, orderFromShelf } from "./support/page.ts";
import { installWallet } from "./support/wallet.ts";
import { theWorld, type World } from "./support/world.ts";

const TOKENS = 100_000_000n;

const integer = z.string().transform(BigInt);
const dayRow = z.object({
  start: z.number(),
  volumeWh: integer,
  turnover: integer,
  carbonGrams: integer,
  trades: z.number(),
});
const rowsSchema = z.object({ items: z.array(dayRow), nextCursor: z.string().nullable() });

const regionOf = (page: Page, name: string | RegExp) => page.getByRole("region", { name });

/** The whole number in a text like `1,234.567 kWh`, in thousandths. */
const thousandthsIn = (text: string) => BigInt(text.replace(/[^\d]/g, ""));

/** The days of the UTC calendar from then on, as the indexer has them now. */
async function daysSince(world: World, from: number) {
  const { items, nextCursor } = rowsSchema.parse(await world.indexed(`markets/days?from=${from}&limit=200`));
  expect(nextCursor).toBeNull();
  return items;
}

test("a visitor sees the neighbourhood's public picture, with nothing made up", async ({ page }) => {
  // The forecast service learns first.
  test.setTimeout(180_000);
  const world = theWorld();
  await page.goto(world.pageUrl);
  await expect(page.getByRole("heading", { name: "Dashboard", level: 1 })).toBeVisible();
  await expect(regionOf(page, "Needs your attention")).toHaveCount(0);

  const market = regionOf(page, "The market today");
  await expect(figure(market, "Traded today")).toHaveText(/kWh$/);
  const clearing = z.object({ lastClearing: z.object({ pricePerKwh: integer }) });
  // The clock runs: what the page says is what the indexer said a moment ago or says now.
  await expect(async () => {
    const { lastClearing } = clearing.parse(await world.indexed("market"));
    // Four digits, rounded as a reader would.
    const shown = (lastClearing.pricePerKwh + 50n) / 100n;
    const [whole, digits] = [shown / 10_000n, shown % 10_000n];
    await expect(figure(market, "Last clearing")).toHaveText(`${whole}.${digits.toString().padStart(4, "0")}`, {
      timeout: 1_000,
    });
  }).toPass({ timeout: 60_000 });

  const hours = z.object({ hours: z.array(z.object({ start: z.string(), consumptionWh: z.number() })) });
  const forecast = regionOf(page, "The neighbourhood today and tomorrow");
  await forecast.getByText("Show as a table: Demand, kWh an hour").click();
  const rows = forecast.getByRole("table", { name: "Demand, kWh an hour" }).getByRole("row");
  // What is not metered yet is not known, and never 0.
  await expect(rows.last()).toContainText("not known", { timeout: 120_000 });
  await expect(rows.last()).toContainText(/\d\.\d{3} kWh/, { timeout: 120_000 });
  await expect(async () => {
    const known = hours.parse(await forecastOf(world, "community/energy")).hours.at(-1);
    if (!known) throw new Error("no hour is published");
    const clock = new Intl.DateTimeFormat("en-US", {
      ...{ month: "short", day: "numeric", hour: "numeric", minute: "2-digit", timeZone: "Asia/Kolkata" },
    });
    const row = rows.filter({ hasText: clock.format(new Date(known.start)) });
    const metered = row.getByRole("cell").nth(1);
    await expect(metered).toHaveText(`${thousandths(BigInt(known.consumptionWh))} kWh`, { timeout: 1_000 });
  }).toPass({ timeout: 90_000 });
});

async function forecastOf({ forecastUrl }: World, path: string): Promise<unknown> {
  const response = await fetch(`${forecastUrl}/api/${path}`);
  return z.object({ data: z.unknown() }).parse(await response.json()).data;
}

test("a wallet sees what it bought, paid and holds, and what needs it", async ({ page }) => {
  const world = theWorld();
  const { account } = await installWallet(page, world, TOKENS);
  await openMarket(page, world.pageUrl);
  await connect(page);
  await buy(page, await orderFromShelf(page, "0.100"));
  await finish(page, /^Buy/);
  const quotes = regionOf(page, "My standing quotes");
  await quotes.getByRole("textbox", { name: "Bid: the most I pay" }).fill("4");
  await quotes.getByRole("textbox", { name: "Most energy a slot" }).fill("10");
  await quotes.getByRole("button", { name: "Set bid" }).click();
  await finish(page, /^Bid/);

  await page.getByRole("link", { name: "Dashboard" }).click();
  const mine = regionOf(page, "My account and energy");
  const { balance, carbonEarnedGrams } = await world.accountOf(account.address);
  expect(balance).toBe(0n);
  await expect(figure(mine, "In my account")).toHaveText("0.00 dINR");
  await expect(figure(mine, "Avoided, estimated")).toHaveText(`${thousandths(carbonEarnedGrams)} kg`);
  await expect(figure(mine, "I buy at up to")).toHaveText("4.0000");
  const trades = z.object({ items: z.array(z.object({ energyWh: integer, pricePerKwh: integer })) });
  const [trade] = trades.parse(await world.indexed(`energy-trades/user/${account.address}`)).items;
  const { feeBps } = z.object({ feeBps: z.number() }).parse(await world.indexed("market"));
  if (!trade) throw new Error("no trade");
  const { total } = costOf(trade.energyWh, trade.pricePerKwh, BigInt(feeBps));
  const paid = mine.getByRole("row", { name: /^Paid, with fees/ });
  await expect(mine.getByRole("row", { name: /^Bought/ })).toHaveText("Bought0.100 kWh0.100 kWh");
  await expect(paid.locator(`[title^="${(Number(total) / 1e6).toString()}"]`)).toHaveCount(2);

  // 10 kWh at 4 cost 40 at most, and nothing is there.
  const attention = regionOf(page, "Needs your attention");
  await expect(attention.getByRole("listitem")).toHaveText(
    /Your bid can cost (39\.99|40\.00) dINR a slot, \1 dINR more/,
  );
});

test("analytics show what the indexer has, by day and by slot", async ({ page }) => {
  const world = theWorld();
  await page.goto(`${world.pageUrl}/analytics`);
  const market = regionOf(page, "Market");
  await expect(figure(market, "Energy traded")).toHaveText(/[1-9].* kWh$/);
  const { timestamp } = await world.client.getBlock();
  const from = Math.floor(Number(timestamp) / 86_400) * 86_400 - 6 * 86_400;
  const before = await daysSince(world, from);
  await page.reload();
  const table = market.getByRole("table", { name: /^Price/ });
  await market.getByText(/^Show as a table: Price/).click();
  const cells = table.getByRole("row").last().getByRole("cell");
  await expect(cells.nth(4)).toHaveText(/[1-9].* kWh$/);
  const shown = await cells.allInnerTexts();
  const total = await figure(market, "Energy traded").textContent();
  const after = await daysSince(world, from);

  // Trading goes on: the page says what the indexer had between the two readings of it.
  const between = (low: bigint | undefined, text: string | undefined, high: bigint | undefined) => {
    const value = thousandthsIn(text ?? "");
    expect([low !== undefined && low <= value, high !== undefined && value <= high]).toEqual([true, true]);
  };
  const sum = (days: typeof before) => days.reduce((all, { volumeWh }) => all + volumeWh, 0n);
  between(sum(before), total ?? "", sum(after));
  const [first, last] = [before.at(-1), after.at(-1)];
  between(first?.volumeWh, shown[4], last?.volumeWh);
  between(first?.carbonGrams, shown[6], last?.carbonGrams);
  between(BigInt(first?.trades ?? 0), shown[5], BigInt(last?.trades ?? 0));
  if (first && last && first.volumeWh === last.volumeWh) {
    const average = (first.turnover * 10n) / first.volumeWh;
    between(average, shown[1], average + 1n);
  }

  await page.getByRole("button", { name: "By slot" }).click();
  await expect(table.getByRole("row").nth(10)).toBeVisible();
  await page.getByRole("button", { name: "90 days" }).click();
  await expect(page.getByRole("button", { name: "By slot" })).toBeDisabled();
  await expect(figure(regionOf(page, "Self-sufficiency and savings"), "Self-sufficiency")).toHaveText(/%$/);
});

test("where the forecast service is gone, the page says so and goes on", async ({ page }) => {
  const world = theWorld();
  await page.route(`${world.forecastUrl}/**`, (route) =>
    route.fulfill({
      status: 503,
      headers: { "access-control-allow-origin": "*" },
      json: { data: null, error: { code: "unavailable", message: "No model is trained yet." }, timestamp: "" },
    }),
  );
  await page.goto(world.pageUrl);
  const week = regionOf(page, /^Self-sufficiency and savings/);
  await expect(week).toContainText("The forecast service has no answer right now");
  await expect(week).toContainText("No model is trained yet.");
  await expect(week).not.toContainText("%");
  await expect(regionOf(page, "The neighbourhood today and tomorrow")).toContainText("No model is trained yet.");
  await expect(figure(regionOf(page, "The market today"), "Traded today")).toHaveText(/kWh$/);
});

test("fits a phone of 360 pixels", async ({ page }) => {
  const world = theWorld();
  await page.setViewportSize({ width: 360, height: 740 });
  for (const path of ["", "analytics", "emergency"]) {
    await page.goto(`${world.pageUrl}/${path}`);
    await expect(page.getByRole("heading", { level: 3 }).first()).toBeVisible();
    await expect(page.locator("canvas").first()).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    const links = page.getByRole("navigation", { name: "Pages" }).getByRole("link");
    for (const link of await links.all()) {
      // Nothing of a label is cut off.
      expect(await link.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
    }
  }
});

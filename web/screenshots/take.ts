// `npm run screenshots`: pictures of the real system for README and docs, into docs/images. `-- --all DIR` writes every page,
// wide and dark, narrow and light, to look at.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type BrowserContext, chromium, expect, type Page } from "@playwright/test";
import { browserLaunchOptions } from "../../scripts/browser.ts";
import { NAMES } from "../bench/page-scripts.ts";
import { registerHouse, sendReadings } from "../test/e2e/support/home.ts";
import { operatorOf } from "../test/e2e/support/operators.ts";
import { buy, connect, finish, openMarket, orderFromShelf, TICK } from "../test/e2e/support/page.ts";
import startSystem from "../test/e2e/support/system.ts";
import { installWallet } from "../test/e2e/support/wallet.ts";
import { theWorld, type World } from "../test/e2e/support/world.ts";
import { createCompressor } from "./compress.ts";

const IMAGES = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const MOST_BYTES = 250_000;
const WIDE = { width: 1440, height: 900 };
/** As high as what is to be seen needs. */
const HIGH = { width: 1440, height: 1120 };
const PHONE = { width: 390, height: 844 };
/** Room for a scroll bar that a picture does not have. */
const NO_GUTTER = "html { scrollbar-gutter: auto !important; }";
const TOKENS = 100_000_000n;
const SLOT = 900;
const LOADING_MS = 120_000;

const { values } = parseArgs({ options: { all: { type: "string" } } });
const say = (text: string) => process.stdout.write(`${text}\n`);

/** Until what is read is there; figures that count up have arrived. */
async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible({ timeout: LOADING_MS });
  await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0, { timeout: LOADING_MS });
  await page.waitForTimeout(1_500);
}

const go = async (page: Page, url: string) => {
  await page.goto(url);
  await settled(page);
};

/** A home that has metered two days, so that its owner's page has something to show. */
async function addHome(world: World, owner: `0x${string}`): Promise<void> {
  const meter = await registerHouse(world, owner, 5_000);
  const { timestamp } = await world.client.getBlock();
  const end = Math.floor(Number(timestamp) / SLOT) * SLOT;
  const readings = Array.from({ length: 192 }, (_, index) => {
    const start = end - (192 - index) * SLOT;
    const hour = ((start + 19_800) % 86_400) / 3_600;
    const sun = Math.max(0, Math.sin(((hour - 6) / 12) * Math.PI));
    const productionWh = Math.round(800 * sun * (0.9 + 0.1 * Math.sin(index)));
    return {
      start,
      lengthSeconds: SLOT,
      productionWh,
      consumptionWh: 70 + Math.round(60 * Math.sin(index / 9) ** 2) + (index % 5),
    };
  });
  await sendReadings(world, meter, readings);
}

const stop = await startSystem();
const browser = await chromium.launch(await browserLaunchOptions());
const compress = await createCompressor(browser);
try {
  const world = theWorld();
  const { pageUrl } = world;
  const shared = {
    locale: "en-US",
    timezoneId: "Asia/Kolkata",
    serviceWorkers: "block",
    reducedMotion: "reduce",
  } as const;
  const open = async (options: { viewport: typeof WIDE; theme: "dark" | "light" }): Promise<BrowserContext> => {
    const context = await browser.newContext({ ...shared, viewport: options.viewport });
    await context.addInitScript({ content: NAMES });
    await context.addInitScript((theme) => localStorage.setItem("gridx.theme", theme), options.theme);
    return context;
  };
  const take = async (page: Page, name: string, directory = IMAGES, fullPage = false) => {
    // Nothing under the mouse, and from the top.
    await page.mouse.move(0, 0);
    await page.evaluate("scrollTo(0, 0)");
    const picture = await compress(await page.screenshot({ fullPage, animations: "disabled", style: NO_GUTTER }));
    if (directory === IMAGES && picture.length > MOST_BYTES) {
      throw new Error(`${name}.webp has ${picture.length} bytes, at most ${MOST_BYTES} may go into the repository`);
    }
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, `${name}.webp`), picture);
    say(`${join(directory, name)}.webp ${(picture.length / 1000).toFixed(0)} kB`);
  };

  const context = await open({ viewport: HIGH, theme: "dark" });
  const page = await context.newPage();
  const { account } = await installWallet(page, world, TOKENS);
  await addHome(world, account.address);
  await openMarket(page, pageUrl);
  await connect(page);
  await page.getByRole("textbox", { name: "Amount" }).fill("25");
  await page.getByRole("button", { name: "Deposit" }).click();
  await finish(page, /^Deposit/);
  await buy(page, await orderFromShelf(page, "0.300"));
  await finish(page, /^Buy/);

  await go(page, `${pageUrl}/`);
  await take(page, "dashboard");
  await go(page, `${pageUrl}/market`);
  await take(page, "market");
  const phone = await open({ viewport: PHONE, theme: "light" });
  const narrow = await phone.newPage();
  await go(narrow, `${pageUrl}/market`);
  await take(narrow, "market-phone");

  await go(page, `${pageUrl}/trades?wallet=${account.address}`);
  await page.getByRole("table").getByRole("link").first().click();
  await page.getByRole("button", { name: "Verify this trade" }).click();
  await expect(page.getByText(TICK)).toBeVisible({ timeout: LOADING_MS });
  await settled(page);
  await take(page, "trade");
  const trade = new URL(page.url()).pathname;

  await go(page, `${pageUrl}/carbon`);
  const form = page.getByRole("form", { name: "Retire carbon" });
  await form.getByRole("button", { name: "Max: Amount" }).click();
  await form.getByRole("textbox", { name: "In the name of" }).fill("Munroe Island School");
  await form.getByRole("textbox", { name: "Reason" }).fill("Annual report");
  await form.getByRole("button", { name: "Retire" }).click();
  await page
    .getByRole("dialog", { name: /^Retire/ })
    .getByRole("link", { name: "Open the certificate" })
    .click({ timeout: LOADING_MS });
  await expect(page.getByText("✓ Verified from the blockchain")).toBeVisible({ timeout: LOADING_MS });
  await settled(page);
  await take(page, "certificate");
  const claim = new URL(page.url()).pathname;

  await go(page, `${pageUrl}/audit`);
  await page.getByRole("button", { name: "Start the audit" }).click();
  await expect(page.getByText(/^✓ Everything that was compared agrees/)).toBeVisible({ timeout: LOADING_MS });
  await settled(page);
  await take(page, "audit");

  if (values.all) {
    await go(page, `${pageUrl}/house`);
    await page.getByRole("button", { name: /^Sign in as/ }).click();
    await settled(page);
    const paths = ["/", "/market", "/trades", trade, "/carbon", claim, "/analytics", "/house", "/emergency"];
    for (const [viewport, theme] of [
      [WIDE, "dark"],
      [PHONE, "light"],
    ] as const) {
      await page.setViewportSize(viewport);
      await page.addInitScript((name) => localStorage.setItem("gridx.theme", name), theme);
      for (const path of paths) {
        await go(page, `${pageUrl}${path}`);
        const name = path.split("/")[1] || "dashboard";
        await take(
          page,
          `${path === claim ? "claim" : path === trade ? "trade" : name}-${viewport.width}`,
          values.all,
          true,
        );
      }
    }
    await page.setViewportSize(WIDE);
    await page.addInitScript(() => localStorage.setItem("gridx.theme", "dark"));
  }

  // At the end: it changes the market.
  const declare = await operatorOf(world, "GRID_OPERATOR_ROLE");
  const { timestamp } = await world.client.getBlock();
  const ends = Number(timestamp) + 2 * 86_400;
  await declare("declareEmergency", [6_000_000n, 200n, 600n, ends, "Flood: the feeder is out"]);
  await go(page, `${pageUrl}/emergency`);
  const plan = page.getByRole("region", { name: "The next 24 hours" });
  await expect(plan.getByText("Served").first()).toBeVisible({ timeout: LOADING_MS });
  await settled(page);
  await take(page, "disaster");
  if (values.all) {
    await take(page, "disaster-1440", values.all, true);
    await page.setViewportSize(PHONE);
    await take(page, "disaster-390", values.all, true);
  }
} finally {
  await browser.close();
  await stop();
}

import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { expectAccessible } from "./support/accessible.ts";
import { thousandths } from "./support/calculation.ts";
import { type HomeReading, registerHouse, sendReadings } from "./support/home.ts";
import { giveRole } from "./support/operators.ts";
import { connect, figure, finish } from "./support/page.ts";
import { installWallet } from "./support/wallet.ts";
import { theWorld, type World } from "./support/world.ts";

const SLOT = 900;
const DAY = 86_400;
/** The clock of the readers of these tests, ahead of UTC. */
const INDIA = 19_800;

/** Two days up to the newest slot that has ended, each reading another; the newest hour but one is missing. */
function twoDays(end: number): HomeReading[] {
  const all = Array.from({ length: 192 }, (_, index) => ({
    start: end - (192 - index) * SLOT,
    lengthSeconds: SLOT,
    productionWh: index % 96 < 40 ? 0 : 100 + index,
    consumptionWh: 60 + (index % 7),
  }));
  return all.filter(({ start }) => start < end - 2 * 3_600 || start >= end - 3_600);
}

const sumOf = (readings: HomeReading[], pick: (reading: HomeReading) => number) =>
  readings.reduce((sum, reading) => sum + pick(reading), 0);

async function signIn(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Sign in as/ }).click();
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
}

/** What the page's own browser, with its cookies, is told of a home. */
const readingsStatus = (page: Page, { forecastUrl }: World, house: string) =>
  page.evaluate(
    async (url) => (await fetch(url, { credentials: "include" })).status,
    `${forecastUrl}/api/homes/${house}/readings`,
  );

test("an owner signs in, sees what the meter said, takes it away and signs out; a stranger gets nothing", async ({
  page,
  browser,
}) => {
  const world = theWorld();
  const wallet = await installWallet(page, world, 0n);
  const meter = await registerHouse(world, wallet.account.address, 5_000);
  const { timestamp } = await world.client.getBlock();
  const end = Math.floor(Number(timestamp) / SLOT) * SLOT;
  const readings = twoDays(end);
  await sendReadings(world, meter, readings);

  await page.goto(`${world.pageUrl}/house`);
  // Said to everybody, before anybody joins.
  const before = page.getByRole("region", { name: "Before you join: what becomes public" });
  await expect(before).toContainText("What the house exported in each slot");
  await connect(page);
  wallet.decline();
  await page.getByRole("button", { name: /^Sign in as/ }).click();
  await expect(page.getByText("You declined the signature.")).toBeVisible();
  wallet.decline(false);
  await signIn(page);

  const card = page.getByRole("region", { name: "Readings", exact: true });
  const kwh = (wh: number) => `${thousandths(BigInt(wh))} kWh`;
  await expect(figure(card, "Produced")).toHaveText(kwh(sumOf(readings, ({ productionWh }) => productionWh)));
  await expect(figure(card, "Used")).toHaveText(kwh(sumOf(readings, ({ consumptionWh }) => consumptionWh)));
  const meterCard = page.getByRole("region", { name: "My meter" });
  await expect(meterCard).toContainText("188 readings kept");
  await expect(meterCard).toContainText("Of the last 48 hours 1 is missing");
  await card.getByRole("button", { name: "Today" }).click();
  await card.getByText("Show as a table: kWh an hour").click();
  // The fast clock may come to midnight meanwhile.
  await expect(async () => {
    const { timestamp: now } = await world.client.getBlock();
    const midnight = Math.floor((Number(now) + INDIA) / DAY) * DAY - INDIA;
    const today = readings.filter(({ start }) => start >= midnight);
    const used = today.length > 0 ? kwh(sumOf(today, ({ consumptionWh }) => consumptionWh)) : "not known";
    await expect(figure(card, "Used")).toHaveText(used, { timeout: 500 });
  }).toPass({ timeout: 30_000 });
  // A young home is forecast by what others do, and that is said.
  await expect(page.getByRole("region", { name: "Forecast and what it became" })).toContainText(
    "This forecast is less than it could be",
    { timeout: 60_000 },
  );
  await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
  await expectAccessible(page, "my house, signed in");

  // Where the home is makes its forecasts better, and is kept for its owner.
  const place = page.getByRole("form", { name: "Place and panels" });
  await expect(page.getByText(/^Where the home lies is not known/)).toBeVisible();
  await place.getByRole("textbox", { name: "Latitude" }).fill("8.99");
  await place.getByRole("textbox", { name: "Longitude" }).fill("976.6");
  await expect(place.getByText("From -180 to 180 degrees.")).toBeVisible();
  await expect(place.getByRole("button", { name: "Save place and panels" })).toBeDisabled();
  await place.getByRole("textbox", { name: "Longitude" }).fill("76.6");
  await place.getByRole("textbox", { name: "Tilt of the panels" }).fill("12.5");
  await place.getByRole("button", { name: "Save place and panels" }).click();
  await expect(place.getByText("Saved. The next forecasts are made with it.")).toBeVisible();
  await expect(page.getByText(/^Where the home lies is not known/)).toHaveCount(0);

  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Everything (JSON)" }).click(),
  ]);
  const taken = z
    .object({
      profile: z.unknown(),
      readings: z.array(z.object({ start: z.string(), productionWh: z.number() })),
    })
    .parse(JSON.parse(readFileSync(await file.path(), "utf8")));
  expect(taken.profile).toMatchObject({ latitude: 8.99, longitude: 76.6, tiltDegrees: 12.5, timeZone: "Asia/Kolkata" });
  expect(taken.readings.map(({ start, productionWh }) => [Date.parse(start) / 1000, productionWh])).toEqual(
    readings.map(({ start, productionWh }) => [start, productionWh]),
  );

  // Another wallet in another browser has a session of its own, and none of this.
  const elsewhere = await browser.newContext({ locale: "en-US", timezoneId: "Asia/Kolkata" });
  const stranger = await elsewhere.newPage();
  await installWallet(stranger, world, 0n);
  await stranger.goto(`${world.pageUrl}/house`);
  expect(await readingsStatus(stranger, world, meter.address)).toBe(401);
  await connect(stranger);
  await signIn(stranger);
  await expect(stranger.getByText("No house is registered for this wallet")).toBeVisible();
  expect(await readingsStatus(stranger, world, meter.address)).toBe(403);
  await elsewhere.close();

  // The session is a cookie that no script reads; it outlives a reload and ends by signing out.
  expect(await page.evaluate(() => document.cookie)).toBe("");
  await page.reload();
  await expect(meterCard).toContainText("188 readings kept");
  expect(await readingsStatus(page, world, meter.address)).toBe(200);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("button", { name: /^Sign in as/ })).toBeVisible();
  await expect(meterCard).toHaveCount(0);
  expect(await readingsStatus(page, world, meter.address)).toBe(401);

  // Deleted is gone, at the service too.
  await signIn(page);
  await page.getByRole("button", { name: "Delete…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete the data of this home" });
  await expect(dialog).toContainText("On the blockchain, for ever");
  await dialog.getByRole("button", { name: "Delete for good" }).click();
  await expect(page.getByText(/^Deleted: 188 readings/)).toBeVisible();
  await expect(meterCard).toContainText("No reading of this home has come in yet");

  // A session that ends elsewhere is said, and nothing of the home stays to be seen.
  await page.route(`${world.forecastUrl}/api/homes`, (route) =>
    route.fulfill({
      status: 401,
      headers: {
        "access-control-allow-origin": new URL(world.pageUrl).origin,
        "access-control-allow-credentials": "true",
      },
      json: { data: null, error: { code: "unauthorized", message: "sign in" }, timestamp: "" },
    }),
  );
  await expect(page.getByText("Your session has ended. Sign in again to go on.")).toBeVisible({ timeout: 30_000 });
  await expect(meterCard).toHaveCount(0);
});

test("an owner whose wallet is a contract signs in by its own word, and no other key does", async ({ page }) => {
  const world = theWorld();
  const wallet = await installWallet(page, world, 0n);
  const owner = await wallet.becomeContract();
  const meter = await registerHouse(world, owner, 3_000);
  await page.goto(`${world.pageUrl}/house`);
  await connect(page);
  wallet.become({ keeper: false });
  await page.getByRole("button", { name: /^Sign in as/ }).click();
  await expect(page.getByRole("alert")).toContainText("signature");
  wallet.become({ keeper: true });
  await signIn(page);
  await expect(page.getByRole("region", { name: "My meter" })).toContainText("No reading of this home has come in yet");
  expect(await readingsStatus(page, world, meter.address)).toBe(200);
});

test("a visitor takes the demo wallet that owns a home, and sees what its meter said", async ({ page }) => {
  const world = theWorld();
  await page.goto(`${world.pageUrl}/house`);
  await page.getByRole("banner").getByRole("button", { name: "Try a demo wallet" }).click();
  await page.getByRole("button", { name: /^Demo wallet \d owns a home$/ }).click();
  await signIn(page);
  const meter = page.getByRole("region", { name: "My meter" });
  await expect(meter).toContainText("reporting");
  await expect(meter).toContainText(/[\d,]+ readings kept/);
  // Where it lies was saved as its owner would.
  await expect(page.getByRole("textbox", { name: "Latitude" })).toHaveValue(/^18\.\d/);
  await page.goto(`${world.pageUrl}/market`);
  await expect(figure(page.getByRole("region", { name: "My standing quotes" }), "I sell at")).toHaveText(/^\d+\.\d+$/);
});

test("the registrar's wallet registers a house with its owner's tier", async ({ page }) => {
  const world = theWorld();
  const { account } = await installWallet(page, world, 0n);
  await giveRole(world, account.address, "REGISTRAR_ROLE");
  const [meter, owner] = [privateKeyToAccount(generatePrivateKey()), privateKeyToAccount(generatePrivateKey())];
  await page.goto(`${world.pageUrl}/house`);
  await connect(page);
  const form = page.getByRole("form", { name: "Registrar: register a house" });
  await form.getByRole("textbox", { name: "Address of the meter's key" }).fill(meter.address.slice(0, -1));
  await expect(form.getByText(/^This is no address/)).toBeVisible();
  await form.getByRole("textbox", { name: "Address of the meter's key" }).fill(meter.address);
  await form.getByRole("textbox", { name: "Owner's wallet" }).fill(owner.address);
  await form.getByRole("textbox", { name: "Capacity of the panels" }).fill("4.5");
  await form.getByRole("button", { name: "essential" }).click();
  await form.getByRole("button", { name: "Register the house" }).click();
  await finish(page, "Register a house");
  const { client } = world;
  expect(await client.readContract({ ...world.gridx, functionName: "houseOf", args: [meter.address] })).toMatchObject({
    owner: owner.address,
    capacityWatts: 4_500,
  });
  expect(
    await client.readContract({ ...world.gridx, functionName: "participantOf", args: [owner.address] }),
  ).toMatchObject({ tier: 2 });
});

import { expect, test } from "@playwright/test";
import { gramsOf, thousandths } from "./support/calculation.ts";
import { buy, connect, finish, openMarket, orderFromShelf } from "./support/page.ts";
import { installWallet } from "./support/wallet.ts";
import { theWorld } from "./support/world.ts";

const TOKENS = 100_000_000n;
const NAME = "Munroe Island School";
const TICK = "✓ Verified from the blockchain";
const NO_TICK = /✓/;

test("retires carbon in a name, and a stranger's browser proves the certificate without wallet and indexer", async ({
  page,
  browser,
}) => {
  const world = theWorld();
  const { account } = await installWallet(page, world, TOKENS);
  await openMarket(page, world.pageUrl);
  await connect(page);
  await buy(page, await orderFromShelf(page, "0.200"));
  await finish(page, "Buy 0.200 kWh");
  const earned = gramsOf(200n, 711_700n);

  await page.getByRole("link", { name: "Carbon", exact: true }).click();
  const form = page.getByRole("form", { name: "Retire carbon" });
  const retire = form.getByRole("button", { name: "Retire" });
  await form.getByRole("textbox", { name: "Amount" }).fill("0.143");
  await expect(form.getByText(`Your carbon wallet holds ${thousandths(earned)} kg.`)).toBeVisible();
  await form.getByRole("button", { name: "Max: Amount" }).click();
  await form.getByRole("textbox", { name: "In the name of" }).fill("क".repeat(43));
  await expect(form.getByText("Too long: 129 bytes, at most 128. Shorten it.")).toBeVisible();
  await expect(retire).toBeDisabled();
  await form.getByRole("textbox", { name: "In the name of" }).fill(NAME);
  await form.getByRole("textbox", { name: "Reason" }).fill("Annual report");
  await retire.click();

  const dialog = page.getByRole("dialog", { name: `Retire ${thousandths(earned)} kg CO₂e` });
  await dialog.getByRole("link", { name: "Open the certificate" }).click({ timeout: 60_000 });
  await expect(page.getByText(TICK)).toBeVisible();
  const link = page.url();
  expect(await world.accountOf(account.address)).toMatchObject({ carbonGrams: 0n, carbonEarnedGrams: earned });
  await page.goBack();
  const history = page.getByRole("table", { name: "My carbon history, newest first" });
  await expect(history.getByRole("row").nth(1)).toContainText(`Retired for ${NAME}`);
  expect(await history.getByRole("link", { name: "Certificate" }).getAttribute("href")).toBe(new URL(link).pathname);

  // A stranger, whose browser reaches the chain and nothing else.
  const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
  const stranger = await context.newPage();
  await stranger.route(`${world.indexerUrl}/**`, (route) => route.abort());
  await stranger.goto(link);
  const certificate = stranger.getByRole("article");
  await expect(certificate.getByText(TICK)).toBeVisible();
  for (const text of [`${thousandths(earned)} kg`, NAME, "Annual report", account.address, "711.7 kg CO₂e per MWh"]) {
    await expect(certificate).toContainText(text);
  }
  await certificate.getByRole("button", { name: "Copy link" }).click();
  await expect(certificate.getByText("Link copied")).toBeVisible();
  expect(await stranger.evaluate(() => navigator.clipboard.readText())).toBe(link);
  // On paper: the certificate, and nothing to press.
  await stranger.emulateMedia({ media: "print" });
  await expect(stranger.getByRole("banner")).toBeHidden();
  await expect(certificate.getByRole("button")).toHaveCount(0);
  await expect(certificate.getByText(TICK)).toBeVisible();
  await stranger.emulateMedia({ media: "screen" });

  // An RPC that writes another name into the event.
  const other = Buffer.from(NAME).toString("hex");
  await stranger.route(`${world.rpcUrl}/**`, async (route) => {
    const response = await route.fetch();
    const forged = (await response.text()).replaceAll(other, Buffer.from("Munroe Island Casino").toString("hex"));
    await route.fulfill({ response, body: forged });
  });
  await stranger.reload();
  await expect(stranger.getByText("Does not match the blockchain")).toBeVisible();
  await expect(stranger.getByText(NO_TICK)).toHaveCount(0);
  await expect(stranger.getByText("Casino")).toHaveCount(0);

  // An RPC that is silent proves nothing, and accuses nobody.
  await stranger.unroute(`${world.rpcUrl}/**`);
  await stranger.route(`${world.rpcUrl}/**`, (route) => route.abort());
  await stranger.reload();
  await expect(stranger.getByText("Could not be verified now")).toBeVisible({ timeout: 30_000 });
  await expect(stranger.getByText(NO_TICK)).toHaveCount(0);
  await stranger.unroute(`${world.rpcUrl}/**`);
  await stranger.getByRole("button", { name: "Check again" }).click();
  await expect(stranger.getByText(TICK)).toBeVisible();

  await stranger.goto(`${world.pageUrl}/carbon/claims/0x${"12".repeat(32)}`);
  await expect(stranger.getByText("No such claim")).toBeVisible();
  await stranger.goto(`${world.pageUrl}/carbon/claims/0x12`);
  await expect(stranger.getByText("This link is not whole")).toBeVisible();
  await context.close();
});

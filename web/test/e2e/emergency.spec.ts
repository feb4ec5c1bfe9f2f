import { expect, type Page, type Route, test } from "@playwright/test";
import { numberToHex } from "viem";
import { z } from "zod";
import { expectAccessible } from "./support/accessible.ts";
import { giveRole, operatorOf } from "./support/operators.ts";
import { connect, figure, finish, openMarket, openOrder, orderFromShelf } from "./support/page.ts";
import { onlyTradeOf } from "./support/trade.ts";
import { installWallet } from "./support/wallet.ts";
import { theWorld, type World } from "./support/world.ts";

const TOKENS = 100_000_000n;
const NORMAL = 1;
/** Above all asks, so that the shelf stays as it is. */
const CAP = 20_000_000n;
const DAY = 86_400;

/**
 * From now on the page is told what the contract was at this block, and nothing newer. By the fast clock a slot is over
 * after two seconds, and with it what of an allowance was used.
 */
async function standStill(page: Page, { rpcUrl }: World, block: bigint): Promise<() => Promise<void>> {
  const isRpc = (url: URL) => url.origin === new URL(rpcUrl).origin;
  const call = z.looseObject({ method: z.literal("eth_call"), params: z.tuple([z.unknown(), z.literal("latest")]) });
  const handler = (route: Route) => {
    const { success, data } = call.safeParse(route.request().postDataJSON());
    if (!success) return route.fallback();
    return route.continue({ postData: { ...data, params: [data.params[0], numberToHex(block)] } });
  };
  await page.route(isRpc, handler);
  return () => page.unroute(isRpc, handler);
}

const bannerOf = (page: Page) => page.getByRole("region", { name: "Disaster mode", exact: true });
const operatorForm = (page: Page) => page.getByRole("region", { name: "Grid operator: Disaster mode" });

test("Disaster mode is told on every page, shares out the energy, and ends", async ({ page }) => {
  // The forecast service learns before it plans.
  test.setTimeout(180_000);
  const world = theWorld();
  const { account } = await installWallet(page, world, TOKENS);
  const send = await operatorOf(world, "GRID_OPERATOR_ROLE");
  const register = await operatorOf(world, "REGISTRAR_ROLE");
  await openMarket(page, world.pageUrl);
  await connect(page);
  await expect(bannerOf(page)).toHaveCount(0);
  await expect(operatorForm(page)).toHaveCount(0);

  const { timestamp } = await world.client.getBlock();
  // Over by itself after four minutes of the fast clock, whatever becomes of this test.
  await send("declareEmergency", [CAP, 100n, 200n, Number(timestamp) + DAY, "Flood: the feeder is out"]);
  try {
    const banner = bannerOf(page);
    await expect(banner).toContainText("Flood: the feeder is out");
    await expect(figure(banner, "Price cap")).toHaveText("20.00 dINR/kWh");
    await expect(figure(banner, "Ends")).toHaveText(/\d/);
    await expect(figure(banner, "You can buy")).toHaveText("nothing");
    await expect(page.getByRole("status").filter({ hasText: "Disaster mode is in force." })).toHaveCount(1);
    await register("setTier", [account.address, NORMAL]);
    await expect(figure(banner, "You can buy")).toHaveText("0.100 kWh of 0.100 kWh");

    const order = await orderFromShelf(page, "0.100");
    const energy = order.getByRole("textbox", { name: "Energy" });
    await energy.fill("0.101");
    await expect(order.getByText("Disaster mode: you can buy 0.100 kWh more in this slot of time.")).toBeVisible();
    await expect(order.getByRole("button", { name: "Buy", exact: true })).toBeDisabled();
    // Asked for in time, and then the rules tighten: the chain is asked before anything is signed.
    await energy.fill("0.1");
    await expect(order.getByRole("button", { name: "Buy", exact: true })).toBeEnabled();
    await order.getByRole("button", { name: "Buy", exact: true }).click();
    await send("declareEmergency", [CAP, 50n, 200n, Number(timestamp) + DAY, "Flood: less is left"]);
    await page.getByRole("button", { name: "I understand, continue" }).click();
    const refused = page.getByRole("dialog", { name: "Buy 0.100 kWh" });
    await expect(refused.getByRole("alert")).toContainText(
      "In Disaster mode energy is shared out: you can buy 0.050 kWh more in this slot of time, and asked for 0.100 kWh.",
    );
    expect(await world.tokensOf(account.address)).toBe(TOKENS);
    await refused.getByRole("button", { name: "Close", exact: true }).last().click();

    // All of the allowance, to the last watt-hour; and then nothing more in that slot, whichever way it is asked for.
    await (await orderFromShelf(page, "0.050")).getByRole("button", { name: "Buy", exact: true }).click();
    await finish(page, "Buy 0.050 kWh");
    const { energyWh, blockNumber } = await onlyTradeOf(world, account.address);
    expect(energyWh).toBe(50n);
    const goOn = await standStill(page, world, blockNumber);
    await expect(figure(banner, "You can buy")).toHaveText("0.000 kWh of 0.050 kWh");
    const nothingLeft = "Disaster mode: you have nothing left to buy in this slot of time.";
    const another = await openOrder(page, "0.100");
    await expect(another.getByText(nothingLeft)).toBeVisible();
    await expect(another.getByRole("button", { name: "Buy", exact: true })).toBeDisabled();
    await page.keyboard.press("Escape");
    const basket = page.getByRole("form", { name: "Buy cheapest first" });
    await basket.getByRole("textbox", { name: "Energy" }).fill("0.001");
    await expect(basket.getByText(nothingLeft)).toBeVisible();
    await expect(basket.getByRole("button", { name: "Buy this energy" })).toBeDisabled();
    await page.getByRole("link", { name: "Disaster mode", exact: true }).click();
    const mine = page.getByRole("region", { name: "My allowance" });
    await expect(mine).toContainText("0.050 kWh of 0.050 kWh used");
    // With the next slot all of it is there again.
    await goOn();
    await expect(mine).toContainText("0.000 kWh of 0.050 kWh used");

    for (const name of ["Trades", "Carbon"]) {
      await page.getByRole("link", { name, exact: true }).click();
      await expect(banner).toContainText("Flood: less is left");
    }

    // The page of its own: what is left of the allowance, and the plan by which it is shared out.
    await banner.getByRole("link", { name: "Who gets what, and when" }).click();
    await expect(page.getByText("Disaster mode is in force", { exact: true })).toBeVisible();
    await expect(mine).toContainText("0.000 kWh of 0.050 kWh used");
    const plan = page.getByRole("region", { name: "The next 24 hours" });
    await expect(figure(plan, "Served")).toHaveText(/kWh$/, { timeout: 120_000 });
    await expect(plan.getByRole("region", { name: "What is shed, when and why" }).first()).toBeVisible();

    // Without the indexer the contract is asked: it has the rules, and no texts.
    await page.route(`${world.indexerUrl}/**`, (route) => route.abort());
    await page.reload();
    await expect(banner).toContainText("The reason can't be read right now.");
    await expect(figure(banner, "Price cap")).toHaveText("20.00 dINR/kWh");
    await expect(figure(banner, "You can buy")).toHaveText("0.050 kWh of 0.050 kWh");
  } finally {
    await send("endEmergency", []);
  }
  await expect(bannerOf(page)).toHaveCount(0);
});

test("the grid operator's wallet declares and ends it on the page", async ({ page }) => {
  test.setTimeout(180_000);
  const world = theWorld();
  const { account } = await installWallet(page, world, TOKENS);
  await giveRole(world, account.address, "GRID_OPERATOR_ROLE");
  await page.goto(`${world.pageUrl}/emergency`);
  await expect(page.getByText("No emergency is declared")).toBeVisible();
  await connect(page);
  const form = operatorForm(page);
  // What the plan says is filled in, and can be changed.
  await form.getByRole("button", { name: "Fill in what is due now" }).click({ timeout: 120_000 });
  await expect(form.getByRole("textbox", { name: /^Normal homes/ })).not.toHaveValue("");
  await form.getByRole("textbox", { name: /^Price cap/ }).fill("20");
  await form.getByRole("textbox", { name: /^Normal homes/ }).fill("0.5");
  await form.getByRole("textbox", { name: /^Essential homes/ }).fill("1");
  await form.getByRole("textbox", { name: /^Reason/ }).fill("Drill: no outage");
  const hours = form.getByRole("textbox", { name: /^Ends after/ });
  const declare = form.getByRole("button", { name: "Declare Disaster mode" });
  await hours.fill("169");
  await expect(form.getByText("From 1 to 168 hours.")).toBeVisible();
  await expect(declare).toBeDisabled();
  await hours.fill("24");
  // Whom it would limit is told before it is declared, and nothing is sent.
  const dryRun = form.getByRole("region", { name: /^Dry run/ });
  await expect(figure(dryRun, "Lots above the cap")).toHaveText(/^0 of [1-9]\d*$/);
  await form.getByRole("textbox", { name: /^Price cap/ }).fill("0.01");
  await expect(figure(dryRun, "Lots above the cap")).toHaveText(/^([1-9]\d*) of \1$/);
  await expectAccessible(page, "the grid operator's dry run");
  await form.getByRole("textbox", { name: /^Price cap/ }).fill("20");
  expect((await world.emergency()).endsAt).toBe(0);
  await declare.click();
  await finish(page, "Declare Disaster mode");
  const banner = bannerOf(page);
  await expect(banner).toContainText("Drill: no outage");
  const rules = await world.emergency();
  expect(rules).toMatchObject({ priceCap: CAP, normalWhPerSlot: 500n, essentialWhPerSlot: 1_000n });

  await form.getByRole("button", { name: "End Disaster mode" }).click();
  await finish(page, "End Disaster mode");
  await expect(banner).toHaveCount(0);
  expect((await world.emergency()).endsAt).toBe(0);
});

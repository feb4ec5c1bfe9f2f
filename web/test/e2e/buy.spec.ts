import { expect, test } from "@playwright/test";
import { amountText, costOf, gramsOf, thousandths } from "./support/calculation.ts";
import { buy, connect, figure, openMarket, orderFromShelf, TICK } from "./support/page.ts";
import { onlyTradeOf } from "./support/trade.ts";
import { installWallet } from "./support/wallet.ts";
import { theWorld } from "./support/world.ts";

const TOKENS = 100_000_000n;
const FEE_BPS = 100n;
const GRAMS_PER_MWH = 711_700n;
const STAGES = ["Validate", "Simulate", "Sign", "Pending", "Confirmed", "Indexed"];

test("buys energy from a neighbour with an installed wallet, verified against the chain", async ({ page }) => {
  const world = theWorld();
  const hosts = new Set<string>();
  page.on("request", (request) => hosts.add(new URL(request.url()).origin));
  const refused: string[] = [];
  page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) refused.push(message.text());
  });
  const { account, requests } = await installWallet(page, world, TOKENS);
  await openMarket(page, world.pageUrl);
  await connect(page);
  const carbon = page.getByRole("link", { name: /estimated avoided emissions/i });
  await expect(carbon).toContainText("0.000 kg");

  const order = await orderFromShelf(page, "0.123");
  const shown = {
    payment: await figure(order, "To the seller").textContent(),
    fee: await figure(order, /Grid fee/).textContent(),
    total: await figure(order, "You pay").textContent(),
    carbon: await figure(order, "Estimated avoided emissions").textContent(),
  };
  await buy(page, order);

  const progress = page.getByRole("dialog", { name: "Buy 0.123 kWh" });
  await expect(progress.getByText(TICK)).toBeVisible({ timeout: 60_000 });
  for (const stage of STAGES) {
    await expect(progress.getByRole("listitem").filter({ hasText: stage })).toContainText("done");
  }
  // What was missing in the account was permitted by a signature: one transaction.
  const signed = requests.filter((method) => /^eth_(sendTransaction|signTypedData)/.test(method));
  expect(signed).toEqual(["eth_signTypedData_v4", "eth_sendTransaction"]);

  // The chain: one trade, its id recomputed here, its figures by the formulas of the specification.
  const trade = await onlyTradeOf(world, account.address);
  const cost = costOf(123n, trade.pricePerKwh, FEE_BPS);
  const grams = gramsOf(123n, GRAMS_PER_MWH);
  expect(trade.computedId).toBe(trade.tradeId);
  expect(trade).toMatchObject({ energyWh: 123n, feePaid: cost.fee, carbonGrams: grams, buyer: account.address });
  const lot = await world.lotOf(trade.seller, trade.slot);
  expect(lot.ask).toBe(trade.pricePerKwh);
  expect(lot.soldWh).toBeGreaterThanOrEqual(123n);
  expect(await world.accountOf(account.address)).toEqual({ balance: 0n, carbonGrams: grams, carbonEarnedGrams: grams });
  expect(await world.tokensOf(account.address)).toBe(TOKENS - cost.total);

  // What was shown before signing is what happened.
  const money = (amount: bigint) => `${amountText(amount, 6)} dINR`;
  expect(shown).toEqual({
    payment: money(cost.payment),
    fee: money(cost.fee),
    total: money(cost.total),
    carbon: `${thousandths(grams)} kg CO₂e`,
  });

  // The indexer says the same.
  expect(await world.indexed(`energy-trades/user/${account.address}`)).toMatchObject({
    items: [
      {
        ...{ tradeId: trade.tradeId, seller: trade.seller, buyer: trade.buyer, slot: trade.slot, energyWh: "123" },
        ...{ pricePerKwh: `${trade.pricePerKwh}`, payment: `${cost.payment}`, feePaid: `${cost.fee}` },
        ...{ carbonGrams: `${grams}`, blockNumber: Number(trade.blockNumber), logIndex: trade.logIndex },
        ...{ blockTimestamp: Number(trade.blockTimestamp), transactionHash: trade.transactionHash },
      },
    ],
  });
  expect(await world.indexed(`carbon-wallet/${account.address}`)).toMatchObject({ earnedGrams: `${grams}` });

  // The page: counter, row with its mark, carbon page.
  await progress.getByRole("button", { name: "Done" }).click();
  await expect(carbon).toContainText(`${thousandths(grams)} kg`);
  await page.getByRole("link", { name: "Trades" }).click();
  await page.getByRole("button", { name: "Mine" }).click();
  const row = page
    .getByRole("table", { name: /^Trades/ })
    .getByRole("row")
    .nth(1);
  await expect(row).toContainText("0.123 kWh");
  await expect(row).toContainText("✓ Verified");
  await page.getByRole("link", { name: "Carbon", exact: true }).click();
  await expect(page.getByTestId("carbon-counter")).toHaveText(`${thousandths(grams)} kg`);

  // Nobody else was asked for anything.
  const configured = [world.pageUrl, world.rpcUrl, world.indexerUrl, world.forecastUrl].map(
    (url) => new URL(url).origin,
  );
  expect([...hosts].filter((host) => !configured.includes(host) && host !== "null")).toEqual([]);
  // The page is served so that it could not have asked anybody else, and needs nothing that is refused to it.
  const policy = (await page.request.get(world.pageUrl)).headers()["content-security-policy"];
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain(new URL(world.indexerUrl).origin);
  expect(refused).toEqual([]);
});

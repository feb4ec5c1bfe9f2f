// A house that sells: its owner's ask, its meter's export, and what comes of it.
import { expect, test } from "@playwright/test";
import { parseAbiItem } from "viem";
import { amountText, costOf } from "./support/calculation.ts";
import { attest, registerHouse } from "./support/home.ts";
import { neighbourOf } from "./support/neighbour.ts";
import { connect, figure, finish, openMarket } from "./support/page.ts";
import { installWallet } from "./support/wallet.ts";
import { theWorld, type World } from "./support/world.ts";

const ASK = 1_234_567n;
/** Above what anybody asks, fee included. */
const LIMIT = 20_200_000n;
const EXPORT_WH = 437n;
const PATIENCE_MS = 60_000;
const TRADE = parseAbiItem(
  "event EnergyTradeLogged(bytes32 indexed tradeId, address indexed seller, address indexed buyer, uint32 slot, uint64 energyWh, uint96 pricePerKwh, uint96 feePaid, uint64 carbonGrams)",
);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
async function presentSlot({ client, deployment }: World): Promise<number> {
  return Math.floor(Number((await client.getBlock()).timestamp) / deployment.slotDuration);
}
async function untilSlot(world: World, slot: number): Promise<void> {
  while ((await presentSlot(world)) < slot) await pause(250);
}

test("a standing ask sells what the meter exports, and the page shows what was earned", async ({ page }) => {
  test.setTimeout(150_000);
  const world = theWorld();
  const { account } = await installWallet(page, world, 0n);
  const quotes = page.getByRole("region", { name: "My standing quotes" });
  const form = quotes.getByRole("form", { name: "Ask" });
  const ask = async () => {
    await openMarket(page, world.pageUrl);
    await connect(page);
    await expect(figure(quotes, "I sell at")).toHaveText("not selling");
    await form.getByRole("textbox", { name: "Ask: price for my surplus" }).fill("1.234567");
    await expect(form.getByText("Buyers pay 1.246913 with the grid fee.")).toBeVisible();
    await form.getByRole("button", { name: "Set ask" }).click();
    await page.getByRole("button", { name: "I understand, continue" }).click();
    await finish(page, /^Ask 1\.234567/);
    await expect(figure(quotes, "I sell at")).toHaveText("1.234567");
  };
  // A clearing serves the neighbour's bid with the cheapest first; what is left goes to the shelf, and the neighbour buys it.
  const bidder = async () => {
    const neighbour = await neighbourOf(world);
    await neighbour.bid(LIMIT, EXPORT_WH);
    return neighbour;
  };
  const [meter, neighbour] = await Promise.all([registerHouse(world, account.address, 5_000), bidder(), ask()]);
  const slot = await presentSlot(world);
  const line = { seller: account.address, slot, energyWh: EXPORT_WH };
  const sold = async () => (await world.lotOf(account.address, slot)).soldWh === EXPORT_WH;
  try {
    await untilSlot(world, slot + 1);
    await attest(world, meter, slot, EXPORT_WH);
    // Whoever stops selling stops with the slots to come: what was offered stays so.
    await form.getByRole("button", { name: "Stop selling" }).click();
    await finish(page, "Stop selling");
    await expect(figure(quotes, "I sell at")).toHaveText("not selling");
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await sold())) {
      if (Date.now() > deadline) throw new Error("nobody bought the lot");
      // Refused until the shelf opens, and where the clearing has taken all.
      await neighbour.buy([line]).catch(() => pause(250));
    }
  } finally {
    await neighbour.bid(0n, 0n);
  }

  const logs = await world.client.getLogs({
    ...{ address: world.contract, event: TRADE, args: { seller: account.address }, fromBlock: 0n, strict: true },
  });
  const trades = logs.map(({ args }) => args);
  expect(trades.reduce((sum, { energyWh }) => sum + energyWh, 0n)).toBe(EXPORT_WH);
  expect(trades.filter(({ pricePerKwh }) => pricePerKwh < ASK)).toEqual([]);
  const earned = trades.reduce((sum, { energyWh, pricePerKwh }) => sum + costOf(energyWh, pricePerKwh, 0n).payment, 0n);
  expect((await world.accountOf(account.address)).balance).toBe(earned);

  const exact = `${amountText(earned, 6)} dINR`;
  await page.getByRole("link", { name: "Dashboard" }).click();
  const mine = page.getByRole("region", { name: "My account and energy" });
  await expect(figure(mine, "In my account").getByTitle(exact)).toBeVisible();
  // Of all time: by the fast clock a day can end meanwhile.
  const ever = (name: RegExp) => mine.getByRole("row", { name }).getByRole("cell").last();
  await expect(ever(/^Sold/)).toHaveText("0.437 kWh");
  await expect(ever(/^Earned/).getByTitle(exact)).toBeVisible();
  await page.getByRole("link", { name: "Trades" }).click();
  await page.getByRole("button", { name: "Mine" }).click();
  const list = page.getByRole("table", { name: /^Trades/ });
  for (const { tradeId } of trades) await expect(list.getByTitle(tradeId)).toBeVisible();
});

// The list of trades and each trade's own page, against what chain and indexer say.
import { expect, type Page, test } from "@playwright/test";
import { z } from "zod";
import { amountText, gramsOf, thousandths } from "./support/calculation.ts";
import { neighbourBuys } from "./support/neighbour.ts";
import { figure, TICK } from "./support/page.ts";
import { theWorld, type World } from "./support/world.ts";

const integer = z.string().transform(BigInt);
const tradeSchema = z.object({
  ...{ tradeId: z.string(), seller: z.string(), buyer: z.string(), slot: z.number() },
  ...{ energyWh: integer, payment: integer, feePaid: integer, transactionHash: z.string() },
});
const listSchema = z.object({ items: z.array(tradeSchema) });
const tradesOf = async ({ indexed }: World, query: string) =>
  listSchema.parse(await indexed(`energy-trades?${query}`)).items;

const table = (page: Page) => page.getByRole("table", { name: "Trades, newest first" });
const rowsOf = (page: Page) => table(page).getByRole("row");

test("the list is narrowed by its address, pages on, and stands still while trades arrive", async ({ page }) => {
  const world = theWorld();
  await page.goto(`${world.pageUrl}/trades`);
  await expect(rowsOf(page)).toHaveCount(51);
  const first = await rowsOf(page).nth(1).getByRole("link").getAttribute("title");
  // More come by scrolling, after the last; a page more where the end is in view once again.
  await page.getByRole("button", { name: "Show more trades" }).scrollIntoViewIfNeeded();
  await expect.poll(() => rowsOf(page).count()).toBeGreaterThanOrEqual(101);
  // The neighbourhood trades on: that is said, and the rows stay where they are until they are asked for. It sleeps at
  // night, so one of them buys here and now.
  await neighbourBuys(world);
  const newer = page.getByRole("button", { name: /^\d+ new trades?/ });
  await expect(newer).toBeVisible();
  await expect(rowsOf(page).nth(1).getByRole("link")).toHaveAttribute("title", first ?? "");
  await newer.click();
  await expect(rowsOf(page).nth(1).getByRole("link")).not.toHaveAttribute("title", first ?? "");

  const [any] = await tradesOf(world, "limit=1");
  if (!any) throw new Error("no trades");
  await page.getByText("Filter by wallet, time or slot").click();
  await page.getByRole("textbox", { name: "Wallet" }).fill(any.seller.toLowerCase());
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect(page).toHaveURL(/wallet=0x/);
  const download = page.getByRole("link", { name: "Download CSV" });
  await expect(download).toHaveAttribute("href", new RegExp(`energy-trades\\.csv\\?wallet=${any.seller}`, "i"));
  const csv = await (await fetch((await download.getAttribute("href")) ?? "")).text();
  expect(csv).toContain(any.tradeId);

  // The link alone leads somebody else to the same rows.
  await page.goto(`${world.pageUrl}/trades?slot=${any.slot}&wallet=${any.seller}`);
  const expected = await tradesOf(world, `slot=${any.slot}&wallet=${any.seller}`);
  await expect(table(page).getByRole("link")).toHaveCount(expected.length);
  for (const { tradeId } of expected) await expect(table(page).getByTitle(tradeId)).toBeVisible();
});

test("a trade's page says what the indexer has, and proves it from the chain", async ({ page }) => {
  const world = theWorld();
  const [trade] = await tradesOf(world, "limit=1");
  if (!trade) throw new Error("no trades");
  const { tradeId, energyWh, payment, feePaid } = trade;
  await page.goto(`${world.pageUrl}/trades`);
  await table(page).getByRole("link").first().waitFor();
  await page.goto(`${world.pageUrl}/trades/${tradeId}`);
  const summary = page.getByRole("region", { name: "What was traded" });
  await expect(summary).toContainText(`${thousandths(energyWh)} kWh`);
  await expect(figure(summary, "The buyer paid")).toHaveText(`${amountText(payment + feePaid, 6)} dINR`);
  const grams = gramsOf(energyWh, 711_700n);
  const carbon = page.getByRole("region", { name: "Estimated avoided emissions" });
  await expect(carbon).toContainText(`${thousandths(grams)} kg`);
  await expect(carbon).toContainText("FY 2024-25");
  const readings = page.getByRole("table", { name: "Signed meter readings behind this trade" });
  await expect(readings.getByRole("row")).not.toHaveCount(1);
  // No explorer knows a local chain.
  await expect(page.getByRole("link", { name: "Look at it on the explorer" })).toHaveCount(0);

  await page.getByRole("button", { name: "Verify this trade" }).click();
  await expect(page.getByText(TICK)).toBeVisible();

  // The transaction's hash leads here, too, and an id of nothing says so.
  await page.goto(`${world.pageUrl}/trades/${trade.transactionHash}`);
  await page.getByRole("link", { name: new RegExp(`^${tradeId.slice(0, 6)}`) }).click();
  await expect(page).toHaveURL(new RegExp(tradeId));
  await page.goto(`${world.pageUrl}/trades/0x${"12".repeat(32)}`);
  await expect(page.getByRole("alert")).toContainText("There is no such trade");
});

test("where the node has dropped old states, that is said, and no tick is shown", async ({ page }) => {
  const world = theWorld();
  const [trade] = await tradesOf(world, "limit=1");
  await page.route(
    (url) => url.origin === new URL(world.rpcUrl).origin,
    async (route) => {
      const { id, method, params } = route.request().postDataJSON() as {
        id: number;
        method: string;
        params: unknown[];
      };
      if (method !== "eth_call" || params[1] === "latest") return route.fallback();
      await route.fulfill({ json: { jsonrpc: "2.0", id, error: { code: -32000, message: "missing trie node" } } });
    },
  );
  await page.goto(`${world.pageUrl}/trades/${trade?.tradeId}`);
  await page.getByRole("button", { name: "Verify this trade" }).click();
  const part = page.getByRole("region", { name: "Verify" }).getByRole("status");
  await expect(part).toContainText("Verified in part");
  await expect(part).toContainText("the event makes exactly this id");
  await expect(page.getByText(TICK)).toHaveCount(0);
});

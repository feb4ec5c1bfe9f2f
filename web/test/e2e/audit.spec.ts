import { expect, type Page, test } from "@playwright/test";
import { z } from "zod";
import { theWorld } from "./support/world.ts";

const OTHER_HEAD = `0x${"ab".repeat(32)}`;
const AGREES = /^✓ Everything that was compared agrees/;
const DIFFERS = /^Something does not agree/;

const tradesSchema = z.object({ items: z.array(z.object({ tradeId: z.string() })) });
const factSchema = z.object({ fact: z.number() });

/** The indexer answers this path with other fields. */
async function alter(page: Page, path: RegExp, fields: object): Promise<void> {
  await page.route(path, async (route) => {
    const response = await route.fetch();
    const body = z.looseObject({ data: z.looseObject({}) }).parse(await response.json());
    await route.fulfill({ response, json: { ...body, data: { ...body.data, ...fields } } });
  });
}

async function audit(page: Page): Promise<void> {
  await page.goto(`${theWorld().pageUrl}/audit`);
  await page.getByRole("button", { name: "Start the audit" }).click();
}
/** What the page says of one of the things that it compares. */
const finding = (page: Page, title: string) =>
  page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: new RegExp(`^${title}`) }) });

test("recomputes the whole ledger from the RPC in a worker, and everything agrees", async ({ page }) => {
  const world = theWorld();
  await audit(page);
  await expect(page.getByText(AGREES)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "100");
  await expect(finding(page, "Ledger head")).toContainText("make exactly the head that the contract holds");
  await expect(finding(page, "The indexer")).toContainText("make the same head");
  // What is told to be run without the page names this contract.
  await expect(page.getByText(`--address ${world.contract}`, { exact: false })).toContainText("npm run audit:chain");
});

test("an indexer that shows another head, and a row of its that is altered, are named; the chain is not blamed", async ({
  page,
}) => {
  const world = theWorld();
  const { items } = tradesSchema.parse(await world.indexed("energy-trades?limit=1"));
  const [tradeId = ""] = items.map((trade) => trade.tradeId);
  const { fact } = factSchema.parse(await world.indexed(`energy-trades/${tradeId}`));
  // As it answers where the row of a trade is not what the trade's fact says.
  const claimed = `0x${"00".repeat(32)}`;
  const firstMismatch = { index: fact, eventName: "EnergyTradeLogged", claimed, computed: tradeId };
  await alter(page, /\/api\/market$/, { head: OTHER_HEAD });
  await alter(page, /\/api\/audit$/, { equal: false, firstMismatch });
  await audit(page);
  await expect(page.getByText(DIFFERS)).toBeVisible({ timeout: 60_000 });
  await expect(finding(page, "The indexer")).toContainText("Its ledger head differs");
  await expect(finding(page, "The indexer")).toContainText(OTHER_HEAD);
  await expect(finding(page, "The indexer")).toContainText("It finds one of its own rows altered");
  await expect(finding(page, "The indexer")).toContainText(`EnergyTradeLogged #${fact} ${tradeId}`);
  await expect(finding(page, "Ledger head")).toContainText("make exactly the head that the contract holds");
  await expect(page.getByText(AGREES)).toHaveCount(0);
});

test("an RPC that drops the events of one block is found out with its block, and a stopped audit goes on", async ({
  page,
}) => {
  const world = theWorld();
  let dropped: string | null = null;
  let asked = false;
  let answer = () => {};
  const stopped = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const logs = z.looseObject({ result: z.array(z.looseObject({ blockNumber: z.string() })) });
  await page.route(`${world.rpcUrl}/**`, async (route) => {
    if (!route.request().postData()?.includes("eth_getLogs")) return route.continue();
    asked = true;
    // The first answer comes when the audit was stopped, the next ones at once.
    await stopped;
    const response = await route.fetch();
    const body = logs.parse(await response.json());
    const middle = body.result[Math.floor(body.result.length / 2)];
    // Always the same one, in whichever answer it is.
    dropped ??= middle?.blockNumber ?? null;
    const result = body.result.filter(({ blockNumber }) => blockNumber !== dropped);
    await route.fulfill({ response, json: { ...body, result } });
  });
  await audit(page);
  await expect.poll(() => asked).toBe(true);
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByRole("button", { name: "Resume" })).toBeVisible();
  answer();
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByText(DIFFERS)).toBeVisible({ timeout: 60_000 });
  const block = new Intl.NumberFormat("en-US").format(Number(dropped));
  await expect(finding(page, "Ledger head")).toContainText(`They part in block ${block}.`);
  // Events that are not whole are no measure for anybody else.
  await expect(finding(page, "The indexer")).toContainText("Not compared");
  await expect(page.getByText(AGREES)).toHaveCount(0);
});

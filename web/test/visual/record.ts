// Records what the pictures show: the whole system at a fixed hour, asked by the page itself in each state, once before and
// once in an emergency. Nothing happens on the chain meanwhile, so that all answers are of one moment.
import { siteConfigSchema } from "@gridx/contracts";
import { type Browser, chromium, expect, type Page } from "@playwright/test";
import { z } from "zod";
import { browserLaunchOptions } from "../../../scripts/browser.ts";
import { NAMES } from "../../bench/page-scripts.ts";
import { operatorOf } from "../e2e/support/operators.ts";
import { buy, finish, openMarket, orderFromShelf } from "../e2e/support/page.ts";
import startSystem from "../e2e/support/system.ts";
import { theWorld, type World } from "../e2e/support/world.ts";
import { type Answers, type Moment, type Places, record, writeRecording } from "./support/answers.ts";
import { STATES, settled, takeDemoWallet, VIEWPORTS } from "./support/states.ts";

const PATIENCE_MS = 120_000;
/** What is asked now and then is asked within it. */
const LINGER_MS = 3_000;
const say = (text: string) => process.stdout.write(`${text}\n`);

/** The local chain makes a block each second, which is the only clock that everything goes by; or none. */
const clock = ({ client }: World, isRunning: boolean) =>
  client.request({ method: "evm_setIntervalMining" as never, params: [isRunning ? 1 : 0] as never });

const statusSchema = z.object({ blockNumber: z.number() });
/** Nothing more is mined, and the indexer has all of it. */
async function quiet(world: World): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  let before = -1n;
  for (;;) {
    const block = await world.client.getBlockNumber();
    const { blockNumber } = statusSchema.parse(await world.indexed("market"));
    if (block === before && BigInt(blockNumber) === block) return;
    if (Date.now() > deadline) throw new Error(`the indexer is at block ${blockNumber}, the chain at ${block}`);
    before = block;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
  }
}

/** One purchase and one certificate of the demo wallet. */
async function trade(page: Page, pageUrl: string): Promise<Places> {
  await openMarket(page, pageUrl);
  await takeDemoWallet(page);
  await buy(page, await orderFromShelf(page, "0.300"));
  await finish(page, /^Buy/);
  await page.goto(`${pageUrl}/carbon`);
  const form = page.getByRole("form", { name: "Retire carbon" });
  await form.getByRole("button", { name: "Max: Amount" }).click();
  await form.getByRole("textbox", { name: "In the name of" }).fill("Munroe Island School");
  await form.getByRole("textbox", { name: "Reason" }).fill("Annual report");
  await form.getByRole("button", { name: "Retire" }).click();
  const dialog = page.getByRole("dialog", { name: /^Retire/ });
  await dialog.getByRole("link", { name: "Open the certificate" }).click({ timeout: PATIENCE_MS });
  await expect(page).toHaveURL(/\/carbon\/claims\//);
  const claim = new URL(page.url()).pathname;
  await page.goto(`${pageUrl}/trades`);
  const newest = page.getByRole("table").locator("a[href^='/trades/0x']").first();
  const href = await newest.getAttribute("href");
  if (!href) throw new Error("the list of trades has no link");
  return { trade: href, claim };
}

async function ask(browser: Browser, world: World, places: Places, moment: Moment) {
  const { timestamp } = await world.client.getBlock();
  const now = Number(timestamp);
  const answers: Answers = {};
  for (const state of STATES) {
    if ((state.moment ?? "calm") !== moment) continue;
    const { path, viewport, act } = state;
    const context = await browser.newContext({
      ...{ viewport: VIEWPORTS[viewport], locale: "en-US", timezoneId: "Asia/Kolkata", serviceWorkers: "block" },
      reducedMotion: "reduce",
    });
    await context.addInitScript({ content: NAMES });
    const page = await context.newPage();
    await page.clock.setFixedTime(now * 1_000);
    await record(page, world, answers, state.disturbances);
    await page.goto(`${world.pageUrl}${typeof path === "string" ? path : path(places)}`);
    if (!state.isCutOff) await act?.(page);
    await settled(page, state);
    await page.waitForTimeout(LINGER_MS);
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await context.close();
    say(`${moment}: ${state.name}`);
  }
  return { now, answers };
}

/** Makes the recording; needs ten minutes' patience at most. */
export async function recordAnswers(): Promise<void> {
  const stop = await startSystem();
  const browser = await chromium.launch(await browserLaunchOptions());
  try {
    const world = theWorld();
    const site = siteConfigSchema.parse(await (await fetch(`${world.pageUrl}/gridx.json`)).json());
    const page = await browser.newPage({ locale: "en-US", timezoneId: "Asia/Kolkata", serviceWorkers: "block" });
    page.setDefaultTimeout(PATIENCE_MS);
    const places = await trade(page, world.pageUrl);
    await page.close();

    await clock(world, false);
    await quiet(world);
    const calm = await ask(browser, world, places, "calm");

    await clock(world, true);
    const declare = await operatorOf(world, "GRID_OPERATOR_ROLE");
    await declare("declareEmergency", [6_000_000n, 200n, 600n, calm.now + 2 * 86_400, "Flood: the feeder is out"]);
    await clock(world, false);
    await quiet(world);
    const declared = await ask(browser, world, places, "declared");

    // As the services are by default; nothing is asked there.
    const hosts = {
      rpcUrl: "http://127.0.0.1:8545",
      indexerUrl: "http://127.0.0.1:3001",
      forecastUrl: "http://127.0.0.1:8000",
    };
    const bytes = writeRecording({ site: { ...site, ...hosts }, places, moments: { calm, declared } });
    say(`recorded ${Object.keys({ ...calm.answers, ...declared.answers }).length} answers in ${bytes} bytes`);
  } finally {
    await browser.close();
    await stop();
  }
}

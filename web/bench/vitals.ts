// What a visitor feels on a slow phone: 4× slower processor, 150 ms and 1.6 Mbit/s of network, as Lighthouse has it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { NAMES } from "./page-scripts.ts";

export interface Vitals {
  /** Milliseconds until the largest part of the first screen is there. */
  lcp: number;
  /** How much moved by itself, without unit. */
  cls: number;
  /** Milliseconds until the slowest of a few presses shows. */
  inp: number;
}

const LIBRARY = createRequire(import.meta.url).resolve("web-vitals");
/** For a page without modules. */
const WEB_VITALS = readFileSync(join(dirname(LIBRARY), "web-vitals.iife.js"), "utf8");
const SETTLE_MS = 4_000;

type Seen = Partial<Record<"LCP" | "CLS" | "INP", number>>;
declare global {
  interface Window {
    gridxVitals: Seen;
    webVitals: Record<
      "onLCP" | "onCLS" | "onINP",
      (tell: (metric: { name: string; value: number }) => void, options?: object) => void
    >;
  }
}

function observe() {
  window.gridxVitals = {};
  const keep = ({ name, value }: { name: string; value: number }) => {
    window.gridxVitals[name as keyof Seen] = value;
  };
  for (const on of [window.webVitals.onLCP, window.webVitals.onCLS]) on(keep, { reportAllChanges: true });
  window.webVitals.onINP(keep, { reportAllChanges: true, durationThreshold: 16 });
}

async function throttle(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 150,
    downloadThroughput: (1.6e6 / 8) | 0,
    uploadThroughput: (0.75e6 / 8) | 0,
  });
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
}

/** One first visit with an empty cache, and a few presses. */
export async function measureVitals(browser: Browser, pageUrl: string): Promise<Vitals> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-US" });
  try {
    const page = await context.newPage();
    await page.addInitScript({
      content: `${NAMES}${WEB_VITALS};window.webVitals = webVitals;(${observe.toString()})();`,
    });
    await throttle(page);
    await page.goto(pageUrl);
    await page.waitForTimeout(SETTLE_MS);
    const before = await page.evaluate(() => window.gridxVitals);
    for (const name of ["Trades", "Carbon", "Market"]) {
      await page.getByRole("navigation").getByRole("link", { name }).click();
      await page.waitForTimeout(1_000);
    }
    const after = await page.evaluate(() => window.gridxVitals);
    return { lcp: before.LCP ?? Number.NaN, cls: after.CLS ?? 0, inp: after.INP ?? 0 };
  } finally {
    await context.close();
  }
}
